// Coverage by function and by source file: what blocks of code that have run come to, by symbols and line tables.
import type { CoverageData } from "../../emulator/instrument/view-data.ts";
import type { Symbols } from "../symbols/index.ts";

export interface Share {
  covered: number;
  total: number;
}

export interface CoveredFunction {
  /** Of the function, or of a stretch of code that no symbol covers. */
  name: string;
  /** Run-time address of its beginning. */
  address: bigint;
  bytes: Share;
  /** Source lines; undefined without line information. */
  lines: Share | undefined;
  /** As the compiler wrote it, with the line of the beginning. */
  path: string | undefined;
  line: number | undefined;
}

export interface CoveredFile {
  /** As the compiler wrote it. */
  path: string;
  lines: Share;
  /** The first line that has code and did not run. */
  missed: number | undefined;
}

export interface CoverageSummary {
  /** Of which some code was translated, by address. */
  functions: CoveredFunction[];
  /** By path. */
  files: CoveredFile[];
}

/** What is asked of the debug information. */
export type CoverageSymbols = Pick<Symbols, "symbolAt" | "lineForAddress" | "breakpointLocations">;

/** A stretch of code of one line. */
interface LineStretch {
  start: bigint;
  end: bigint;
  path: string;
  line: number;
}

interface Extent {
  name: string;
  start: bigint;
  end: bigint;
  /** Sorted, without overlap. */
  covered: { start: bigint; end: bigint }[];
}

/** Code whose lines are looked up at most, in bytes: of a symbol whose size is wrong, and of all. */
const MAX_FUNCTION_BYTES = 1n << 20n;
const MAX_BYTES = 16n << 20n;

/** Instructions are this far apart at least. */
const STEP = 2n;

export class CoverageSummarizer {
  private readonly symbols: CoverageSymbols;
  private readonly loadBias: bigint;
  /** The program does not change: what was found is kept. */
  private readonly stretches = new Map<bigint, LineStretch[]>();
  private readonly linesOfFiles = new Map<string, ReadonlySet<number>>();
  private bytesLeft = MAX_BYTES;

  constructor(symbols: CoverageSymbols, loadBias: bigint) {
    this.symbols = symbols;
    this.loadBias = loadBias;
  }

  summarize(blocks: CoverageData["blocks"]): CoverageSummary {
    const extents = this.extents(blocks);
    const files = new Map<string, Map<number, boolean>>();
    const functions = extents.map((extent) => this.functionOf(extent, files));
    return { functions, files: [...files].sort().map(([path, seen]) => this.fileOf(path, seen)) };
  }

  private extents(blocks: CoverageData["blocks"]): Extent[] {
    const extents = new Map<bigint, Extent>();
    for (const [address, size, executions] of blocks) {
      let at = BigInt.asUintN(64, BigInt(address) - this.loadBias);
      const end = at + BigInt(size);
      // A block may run on into the next function.
      while (at < end) {
        const symbol = this.symbols.symbolAt(at);
        const start = symbol?.start ?? at;
        const bound = symbol && symbol.size > 0n ? symbol.start + symbol.size : end;
        const until = bound > at && bound < end ? bound : end;
        let extent = extents.get(start);
        if (!extent) {
          extent = {
            name: symbol?.displayName ?? `0x${BigInt.asUintN(64, at + this.loadBias).toString(16)}`,
            start,
            end: bound,
            covered: [],
          };
          extents.set(start, extent);
        }
        if (until > extent.end) extent.end = until;
        if (executions > 0) cover(extent, at, until);
        at = until;
      }
    }
    return [...extents.values()].sort((a, b) => (a.start < b.start ? -1 : 1));
  }

  private functionOf(extent: Extent, files: Map<string, Map<number, boolean>>): CoveredFunction {
    const lines = new Map<string, boolean>();
    let at = 0;
    for (const { start, end, path, line } of this.linesOf(extent)) {
      while (at < extent.covered.length && extent.covered[at].end <= start) at++;
      const ran = at < extent.covered.length && extent.covered[at].start < end;
      const key = `${path}:${line}`;
      lines.set(key, ran || lines.get(key) === true);
      let file = files.get(path);
      if (!file) files.set(path, (file = new Map()));
      file.set(line, ran || file.get(line) === true);
    }
    const place = this.symbols.lineForAddress(extent.start);
    const covered = extent.covered.reduce((sum, { start, end }) => sum + Number(end - start), 0);
    return {
      name: extent.name,
      address: BigInt.asUintN(64, extent.start + this.loadBias),
      bytes: { covered, total: Number(extent.end - extent.start) },
      lines: lines.size === 0 ? undefined : shareOf(lines.values()),
      path: place && place.line > 0 ? place.path : undefined,
      line: place && place.line > 0 ? place.line : undefined,
    };
  }

  private fileOf(path: string, seen: ReadonlyMap<number, boolean>): CoveredFile {
    const known = this.linesOfFile(path);
    // Lines of functions that were never translated are known from the line table alone.
    const lines = known.size > 0 ? new Map([...known].map((line) => [line, seen.get(line) === true])) : seen;
    const missed = [...lines].filter(([, ran]) => !ran).map(([line]) => line);
    return { path, lines: shareOf(lines.values()), missed: missed.length > 0 ? missed.reduce(smaller) : undefined };
  }

  private linesOfFile(path: string): ReadonlySet<number> {
    let lines = this.linesOfFiles.get(path);
    if (!lines) {
      const locations = this.symbols.breakpointLocations(path, 1, Number.MAX_SAFE_INTEGER);
      this.linesOfFiles.set(path, (lines = new Set(locations.map(({ line }) => line))));
    }
    return lines;
  }

  private linesOf({ start, end }: Extent): readonly LineStretch[] {
    const known = this.stretches.get(start);
    if (known) return known;
    const stretches: LineStretch[] = [];
    const length = [end - start, MAX_FUNCTION_BYTES, this.bytesLeft].reduce(smaller);
    this.bytesLeft -= length;
    for (let at = start; at < start + length; at += STEP) {
      const place = this.symbols.lineForAddress(at);
      if (!place || place.line === 0) continue;
      const last = stretches.at(-1);
      if (last?.end === at && last.path === place.path && last.line === place.line) last.end = at + STEP;
      else stretches.push({ start: at, end: at + STEP, path: place.path, line: place.line });
    }
    this.stretches.set(start, stretches);
    return stretches;
  }
}

/** Blocks come by address, but may overlap. */
function cover({ covered }: Extent, start: bigint, end: bigint): void {
  const last = covered.at(-1);
  if (!last || start > last.end) covered.push({ start, end });
  else if (end > last.end) last.end = end;
}

function shareOf(ran: Iterable<boolean>): Share {
  const share = { covered: 0, total: 0 };
  for (const did of ran) {
    share.total++;
    if (did) share.covered++;
  }
  return share;
}

const smaller = <T extends bigint | number>(a: T, b: T): T => (a < b ? a : b);
