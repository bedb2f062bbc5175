// All line tables of a program. Headers (file names) are read when a file is asked for, programs run when needed.
import type { AddressRange, CodeLine, SourceLine } from "./api.ts";
import type { DebugInfo } from "./debug-info.ts";
import { Attribute } from "./dwarf-constants.ts";
import { type LineHeader, readLineHeader, runLineProgram } from "./line-program.ts";
import { LineTable } from "./line-table.ts";
import { matchPath, normalizePath } from "./source-path.ts";
import type { Unit } from "./unit.ts";

export class SourceLines {
  private readonly headers = new Map<number, LineHeader | undefined>();
  private readonly tables = new Map<number, LineTable | undefined>();
  private offsets: readonly number[] | undefined;
  private orphans: readonly number[] | undefined;
  /** Tables by path of their files. */
  private byPath: Map<string, number[]> | undefined;
  private readonly directories = new Map<number, { directory: string; label: string }>();

  constructor(private readonly info: DebugInfo) {}

  /** Recorded paths, sorted. */
  paths(): readonly string[] {
    return [...this.pathIndex().keys()].sort();
  }

  findPath(path: string): string | undefined {
    const index = this.pathIndex();
    const normal = normalizePath(path);
    return index.has(normal) ? normal : matchPath(path, [...index.keys()]);
  }

  /** Tables that list the file. */
  tablesWithPath(path: string): LineTable[] {
    const found: LineTable[] = [];
    for (const offset of this.pathIndex().get(path) ?? []) {
      const table = this.table(offset);
      if (table) found.push(table);
    }
    return found;
  }

  /** The table and row whose code the address is. */
  rowAt(address: bigint): { table: LineTable; row: number } | undefined {
    const unit = this.info.unitAt(address);
    if (unit) {
      const offset = this.offsetOf(unit);
      const table = offset === undefined ? undefined : this.table(offset);
      const row = table?.rowAt(address);
      if (table && row !== undefined) return { table, row };
    }
    // Line tables of units that are damaged or say nothing of their code.
    for (const offset of this.orphanOffsets()) {
      const table = this.table(offset);
      const row = table?.rowAt(address);
      if (table && row !== undefined) return { table, row };
    }
    return undefined;
  }

  lineAt(address: bigint): SourceLine | undefined {
    const found = this.rowAt(address);
    return found?.table.sourceLine(found.row);
  }

  /**
   * The code around the address that belongs to its line, within `bounds`. Code of no line, and code of other lines
   * where no statement begins, counts as part of the line before it: a step does not stop there.
   */
  rangeAround(address: bigint, bounds: AddressRange | undefined): AddressRange | undefined {
    const found = this.rowAt(address);
    const sequence = found?.table.sequenceAt(address);
    if (!found || !sequence) return undefined;
    const { table } = found;
    const { addresses, lines } = table.rows;
    const line = lines[found.row];
    const path = table.path(found.row);
    const same = (row: number) => lines[row] === line && table.path(row) === path;
    // Only the row that rules at its address counts.
    const ruling = (row: number) => table.rowAt(addresses[row]) ?? row;
    const transparent = (row: number) => lines[row] === 0 || !table.isStatement(row);
    let high = table.endOf(found.row);
    while (high < sequence.high) {
      const next = table.rowAt(high);
      if (next === undefined || !(same(next) || transparent(next))) break;
      high = table.endOf(next);
    }
    let low = addresses[found.row];
    for (let row = found.row - 1; row >= sequence.first; row--) {
      const ruler = ruling(row);
      if (same(ruler)) low = addresses[ruler];
      else if (!transparent(ruler)) break;
    }
    if (bounds && low < bounds.low) low = bounds.low;
    if (bounds && high > bounds.high) high = bounds.high;
    return { low, high };
  }

  /** All code within `bounds` that belongs to the line of the address, merged and sorted. */
  rangesOfLine(address: bigint, bounds: readonly AddressRange[] | undefined): AddressRange[] {
    const found = this.rowAt(address);
    const around = this.rangeAround(
      address,
      bounds?.find((range) => address >= range.low && address < range.high),
    );
    if (!found || !around) return [];
    const { table } = found;
    const { lines } = table.rows;
    const path = table.path(found.row);
    const merged: AddressRange[] = [];
    for (const bound of bounds ?? [around]) {
      for (let at = bound.low; at < bound.high; ) {
        const row = table.rowAt(at);
        if (row === undefined) break;
        if (lines[row] === lines[found.row] && table.path(row) === path) {
          const range = this.rangeAround(at, bound);
          if (!range) break;
          merged.push(range);
          at = range.high;
        } else {
          at = table.endOf(row);
        }
      }
    }
    return merged;
  }

  /** All code that has a line, as `rowAt` has it. */
  code(): CodeLine[] {
    const found: CodeLine[] = [];
    for (const offset of this.tableOffsets()) {
      const table = this.table(offset);
      for (const sequence of table?.sequences ?? []) {
        for (let low = sequence.low; table && low < sequence.high; ) {
          const row = table.rowAt(low);
          if (row === undefined) break;
          const high = table.endOf(row);
          const line = table.rows.lines[row];
          if (line > 0) found.push({ low, high, path: table.path(row), line });
          low = high;
        }
      }
    }
    return found;
  }

  /** The table of a unit; undefined when it has none, or a damaged one. */
  tableOf(unit: Unit): LineTable | undefined {
    const offset = this.offsetOf(unit);
    return offset === undefined ? undefined : this.table(offset);
  }

  /** File `index` of the unit, as DW_AT_decl_file and DW_AT_call_file count. */
  fileOf(unit: Unit, index: number): string | undefined {
    const offset = this.offsetOf(unit);
    return offset === undefined ? undefined : this.header(offset)?.files[index];
  }

  /** Offsets of all tables: those that units name, and those found by walking the section. */
  private tableOffsets(): readonly number[] {
    if (!this.offsets) {
      const offsets = new Set<number>();
      for (const unit of this.info.units) {
        const offset = this.offsetOf(unit);
        if (offset !== undefined) offsets.add(offset);
      }
      const orphans: number[] = [];
      this.info.warnings.guard("line tables after it may be missing", undefined, () => {
        const reader = this.info.sections.reader(".debug_line");
        while (!reader.atEnd) {
          const offset = reader.offset;
          const { length } = reader.initialLength();
          reader.skip(length);
          if (!offsets.has(offset)) orphans.push(offset);
        }
      });
      this.orphans = orphans;
      this.offsets = [...offsets, ...orphans];
    }
    return this.offsets;
  }

  private orphanOffsets(): readonly number[] {
    this.tableOffsets();
    return this.orphans ?? [];
  }

  private offsetOf(unit: Unit): number | undefined {
    return this.info.warnings.guard(`lines of ${unit.label} are missing`, undefined, () => {
      const value = unit.root.get(Attribute.StmtList);
      const offset = value && unit.sectionOffset(value);
      if (offset !== undefined && !this.directories.has(offset))
        this.directories.set(offset, { directory: unit.root.string(Attribute.CompDir) ?? "", label: unit.label });
      return offset;
    });
  }

  private label(offset: number): string {
    return this.directories.get(offset)?.label ?? `the line table at 0x${offset.toString(16)}`;
  }

  private header(offset: number): LineHeader | undefined {
    if (!this.headers.has(offset)) {
      const header = this.info.warnings.guard(`lines of ${this.label(offset)} are missing`, undefined, () => {
        const { sections } = this.info;
        return readLineHeader(
          sections.reader(".debug_line", offset),
          sections,
          this.directories.get(offset)?.directory ?? "",
        );
      });
      this.headers.set(offset, header);
    }
    return this.headers.get(offset);
  }

  /** The decoded table at an offset of .debug_line; undefined when its header is damaged. */
  table(offset: number): LineTable | undefined {
    if (!this.tables.has(offset)) this.tables.set(offset, this.decode(offset));
    return this.tables.get(offset);
  }

  private decode(offset: number): LineTable | undefined {
    const header = this.header(offset);
    if (!header) return undefined;
    const { sections, warnings } = this.info;
    return warnings.guard(`lines of ${this.label(offset)} are missing`, undefined, () => {
      const reader = sections.reader(".debug_line", header.program, header.end);
      const { rows, problem } = runLineProgram(reader, header);
      if (problem !== undefined)
        warnings.guard(`some lines of ${this.label(offset)} are missing`, undefined, () => {
          throw problem;
        });
      return new LineTable(header, rows, (address) => sections.isCode(address));
    });
  }

  private pathIndex(): Map<string, number[]> {
    if (!this.byPath) {
      this.byPath = new Map();
      for (const offset of this.tableOffsets()) {
        for (const path of new Set(this.header(offset)?.files ?? [])) {
          if (path === "") continue;
          const list = this.byPath.get(path);
          if (list) list.push(offset);
          else this.byPath.set(path, [offset]);
        }
      }
    }
    return this.byPath;
  }
}
