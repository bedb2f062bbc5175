// Where breakpoints on lines and functions go.
import type { BreakpointLocation, FunctionInfo, LineBreakpoint } from "./api.ts";
import type { DebugFunction, DebugScope, Functions } from "./functions.ts";
import { compare } from "./intervals.ts";
import type { LineTable } from "./line-table.ts";
import type { SourceLines } from "./source-lines.ts";

/** A statement row of the wanted file. */
interface Candidate {
  readonly table: LineTable;
  readonly row: number;
  readonly address: bigint;
  readonly line: number;
}

export class Breakpoints {
  /** Of the file asked for last: editors ask for all lines of one. */
  private cached: { path: string; rows: readonly Candidate[] } | undefined;

  constructor(
    private readonly lines: SourceLines,
    private readonly functions: Functions,
  ) {}

  /** See `Symbols.addressesForLine`. */
  forLine(path: string, line: number): LineBreakpoint | undefined {
    const recorded = this.lines.findPath(path);
    if (recorded === undefined) return undefined;
    const rows = this.statements(recorded);
    const lines = [...new Set(rows.map((row) => row.line))].filter((candidate) => candidate >= line);
    lines.sort((a, b) => a - b);
    const actual = lines[0];
    if (actual === undefined) return undefined;
    const candidates = rows.filter((row) => row.line === actual);
    // A line without code slides within its function; one between functions slides into the next.
    const within = candidates.filter(({ address }) => !this.beginsAfter(address, recorded, line));
    const chosen = this.onePerScope(within.length > 0 ? within : candidates);
    const addresses = [...new Set(chosen.map((candidate) => this.pastPrologue(candidate)))].sort(compare);
    return { path: recorded, line: actual, column: chosen[0].table.rows.columns[chosen[0].row], addresses };
  }

  /** See `Symbols.breakpointLocations`. */
  locations(path: string, from: number, to: number): BreakpointLocation[] {
    const recorded = this.lines.findPath(path);
    if (recorded === undefined) return [];
    const found = new Map<string, BreakpointLocation>();
    for (const { table, row, line } of this.statements(recorded)) {
      if (line < from || line > to) continue;
      const column = table.rows.columns[row];
      found.set(`${line}:${column}`, { line, column });
    }
    return [...found.values()].sort((a, b) => a.line - b.line || a.column - b.column);
  }

  /** See `Symbols.bodyStart`. */
  bodyStart(fn: FunctionInfo): bigint {
    const { entry } = fn;
    const found = this.lines.rowAt(entry);
    const end = fn.ranges[0]?.high ?? entry;
    if (!found) return entry;
    const { table } = found;
    const { addresses, lines } = table.rows;
    const sequence = table.sequenceAt(entry)!;
    let first = found.row;
    while (first > sequence.first && addresses[first - 1] === addresses[first]) first--;
    // The compiler's own word, when it gives one.
    for (let row = first; row < sequence.last && addresses[row] < end; row++)
      if (table.isPrologueEnd(row)) return addresses[row];
    const info = this.functions.at(entry);
    if (info?.tracksVariables) return entry;
    // Two rows at the entry: no prologue. Otherwise the second place with a line is where the body begins.
    if (!table.isEnd(first + 1) && addresses[first + 1] === entry && lines[first + 1] !== 0) return entry;
    let place = table.endOf(found.row);
    let line = lines[found.row];
    while (place < end) {
      const next = table.rowAt(place);
      if (next === undefined || lines[next] === 0) break;
      if (lines[next] >= line || table.path(next) !== table.path(found.row)) break;
      line = lines[next];
      place = table.endOf(next);
    }
    return place < end ? place : entry;
  }

  /** Rows of the file where a statement begins. */
  private statements(path: string): readonly Candidate[] {
    if (this.cached?.path === path) return this.cached.rows;
    const found: Candidate[] = [];
    for (const table of this.lines.tablesWithPath(path)) {
      const files = table.filesWithPath(path);
      const { rows } = table;
      for (const sequence of table.sequences)
        for (let row = sequence.first; row < sequence.last; row++)
          if (files.has(rows.files[row]) && table.isStatement(row) && rows.lines[row] > 0)
            found.push({ table, row, address: rows.addresses[row], line: rows.lines[row] });
    }
    this.cached = { path, rows: found };
    return found;
  }

  /** The lowest address in each function and each inlined copy; rows that cover code go before those that do not. */
  private onePerScope(candidates: readonly Candidate[]): Candidate[] {
    const best = new Map<unknown, Candidate>();
    for (const candidate of candidates) {
      const key = this.scopeAt(candidate.address)?.die ?? candidate.table.sequenceAt(candidate.address);
      const other = best.get(key);
      if (!other || isBetter(candidate, other)) best.set(key, candidate);
    }
    return [...best.values()].sort((a, b) => compare(a.address, b.address));
  }

  /** The innermost function or inlined copy of one. */
  private scopeAt(address: bigint): DebugScope | undefined {
    return this.functions
      .at(address)
      ?.body.chainAt(address)
      .find((scope) => scope.kind !== "block");
  }

  private beginsAfter(address: bigint, path: string, line: number): boolean {
    const declaration = this.scopeAt(address)?.declaration;
    return declaration !== undefined && declaration.path === path && declaration.line > line;
  }

  private pastPrologue({ address }: Candidate): bigint {
    const fn: DebugFunction | undefined = this.functions.at(address);
    return fn && fn.entry === address ? this.bodyStart(fn) : address;
  }
}

function isBetter(a: Candidate, b: Candidate): boolean {
  const emptyA = a.table.isEmpty(a.row);
  const emptyB = b.table.isEmpty(b.row);
  return emptyA === emptyB ? a.address < b.address : emptyB;
}
