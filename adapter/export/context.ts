// What a program's symbols and headers tell the formats.
import { parseElf, SegmentType } from "../../emulator/elf/elf.ts";
import type { Symbols } from "../symbols/index.ts";
import type { CodeFunction, CodeLine, ExportContext, Module, Place } from "./exporter.ts";

export interface ExportSubject {
  /** The ELF file. */
  program: Uint8Array;
  programPath: string;
  guestName: string;
  /** Run-time minus ELF address. */
  loadBias: bigint;
  /** Undefined: nothing is known of addresses. */
  symbols: Symbols | undefined;
  /** Executed so far. */
  instructions: bigint;
  /** The file on this machine that a recorded path means. */
  findSource(recorded: string): string | undefined;
  log(text: string): void;
}

export function exportContext(subject: ExportSubject): ExportContext {
  const { programPath, guestName, loadBias, symbols, instructions, findSource, log } = subject;
  const inFile = (address: bigint) => BigInt.asUintN(64, address - loadBias);
  const inMemory = (address: bigint) => BigInt.asUintN(64, address + loadBias);
  const places = new Map<bigint, Place>();
  const onThisMachine = (recorded: string) => findSource(recorded) ?? recorded;

  const functionAt = (address: bigint): CodeFunction | undefined => {
    const fn = symbols?.functionAt(inFile(address));
    return fn && { name: fn.displayName, linkageName: fn.linkageName, entry: inMemory(fn.entry) };
  };

  const locate = (address: bigint): Place => {
    const known = places.get(address);
    if (known) return known;
    const line = symbols?.lineForAddress(inFile(address));
    const name = functionAt(address)?.name ?? symbols?.symbolAt(inFile(address))?.displayName;
    const place = {
      ...(name === undefined ? {} : { function: name }),
      ...(line === undefined ? {} : { file: onThisMachine(line.path) }),
      ...(line === undefined || line.line === 0 ? {} : { line: line.line }),
    };
    places.set(address, place);
    return place;
  };

  function* codeLines(): Generator<CodeLine> {
    for (const { low, high, path, line } of symbols?.codeLines() ?? [])
      yield { low: inMemory(low), high: inMemory(high), file: onThisMachine(path), line };
  }

  const modules = [moduleOf(subject)];
  return { programPath, guestName, modules, instructions, locate, functionAt, codeLines, log };
}

const PAGE = 4096n;

/** Where the program's segments are loaded, in whole pages. */
function moduleOf({ program, programPath, loadBias }: ExportSubject): Module {
  const { segments, entry } = parseElf(program, programPath);
  const loaded = segments.filter(({ type, memorySize }) => type === SegmentType.Load && memorySize > 0n);
  const low = loaded.map(({ address }) => address).reduce((least, at) => (at < least ? at : least), entry);
  const high = loaded
    .map(({ address, memorySize }) => address + memorySize)
    .reduce((most, at) => (at > most ? at : most), entry);
  const start = low - (low % PAGE) + loadBias;
  const end = ((high + PAGE - 1n) / PAGE) * PAGE + loadBias;
  return { name: programPath, start, end, entry: entry + loadBias, loadBias };
}
