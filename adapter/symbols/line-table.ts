// The rows of one line number program, arranged for questions by address and by line.
import type { SourceLine } from "./api.ts";
import { compare } from "./intervals.ts";
import { type LineHeader, type LineRows, RowFlag } from "./line-program.ts";

/** Rows first..last; the last one is the end marker. Addresses rise. */
interface Sequence {
  readonly low: bigint;
  readonly high: bigint;
  readonly first: number;
  readonly last: number;
}

export class LineTable {
  /** Sorted by address. */
  readonly sequences: readonly Sequence[];

  constructor(
    readonly header: LineHeader,
    readonly rows: LineRows,
    isCode: (address: bigint) => boolean,
  ) {
    this.sequences = findSequences(rows).filter((sequence) => sequence.high > sequence.low && isCode(sequence.low));
    (this.sequences as Sequence[]).sort((a, b) => compare(a.low, b.low));
  }

  /** The row whose code the address is; where several begin at one address, the last, but a statement if there is one. */
  rowAt(address: bigint): number | undefined {
    const sequence = this.sequenceAt(address);
    if (!sequence) return undefined;
    const { addresses, lines } = this.rows;
    let low = sequence.first;
    let high = sequence.last;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (addresses[middle] <= address) low = middle + 1;
      else high = middle;
    }
    const row = low - 1;
    if (this.isStatement(row)) return row;
    for (let i = row - 1; i >= sequence.first && addresses[i] === addresses[row] && lines[i] !== 0; i--)
      if (this.isStatement(i)) return i;
    return row;
  }

  isStatement(row: number): boolean {
    return (this.rows.flags[row] & RowFlag.IsStatement) !== 0;
  }

  isEnd(row: number): boolean {
    return (this.rows.flags[row] & RowFlag.EndSequence) !== 0;
  }

  isPrologueEnd(row: number): boolean {
    return (this.rows.flags[row] & RowFlag.PrologueEnd) !== 0;
  }

  path(row: number): string {
    return this.header.files[this.rows.files[row]] ?? "";
  }

  sourceLine(row: number): SourceLine {
    return {
      path: this.path(row),
      line: this.rows.lines[row],
      column: this.rows.columns[row],
      isStatement: this.isStatement(row),
    };
  }

  /** First address past the row's code. */
  endOf(row: number): bigint {
    const { addresses } = this.rows;
    let next = row + 1;
    while (!this.isEnd(next) && addresses[next] === addresses[row]) next++;
    return addresses[next];
  }

  /** Does the row cover no code, because another one begins at the same address? */
  isEmpty(row: number): boolean {
    return this.rows.addresses[row + 1] === this.rows.addresses[row];
  }

  sequenceAt(address: bigint): Sequence | undefined {
    let low = 0;
    let high = this.sequences.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.sequences[middle].low <= address) low = middle + 1;
      else high = middle;
    }
    const found = this.sequences[low - 1];
    return found && address < found.high ? found : undefined;
  }

  /** Indexes of files with this path: one file may be listed more than once. */
  filesWithPath(path: string): ReadonlySet<number> {
    const found = new Set<number>();
    this.header.files.forEach((file, index) => {
      if (file === path) found.add(index);
    });
    return found;
  }
}

function findSequences(rows: LineRows): Sequence[] {
  const sequences: Sequence[] = [];
  let first = 0;
  for (let row = 0; row < rows.addresses.length; row++) {
    if ((rows.flags[row] & RowFlag.EndSequence) === 0) continue;
    if (row > first) {
      sortRows(rows, first, row);
      sequences.push({ low: rows.addresses[first], high: rows.addresses[row], first, last: row });
    }
    first = row + 1;
  }
  return sequences;
}

/** Rows should rise within a sequence; where a tool broke that, they are put in order. */
function sortRows(rows: LineRows, first: number, last: number): void {
  let sorted = true;
  for (let row = first + 1; row < last && sorted; row++) sorted = rows.addresses[row - 1] <= rows.addresses[row];
  if (sorted) return;
  const order = Array.from({ length: last - first }, (_, i) => first + i);
  order.sort((a, b) => compare(rows.addresses[a], rows.addresses[b]) || a - b);
  const reorder = <T>(column: T[]) => {
    const values = order.map((row) => column[row]);
    for (let i = 0; i < values.length; i++) column[first + i] = values[i];
  };
  reorder(rows.addresses);
  reorder(rows.files);
  reorder(rows.lines);
  reorder(rows.columns);
  reorder(rows.flags);
  reorder(rows.discriminators);
  reorder(rows.views);
}
