// terrarium disassemble PROGRAM [SYMBOL]
import { parseElf, SectionFlag, SectionType, SegmentFlag, SegmentType, SymbolType } from "../../emulator/elf/elf.ts";
import { instructionText } from "../../emulator/guest/guest.ts";
import { readProgram } from "../host/program-file.ts";
import { guestByName } from "../host/session.ts";
import { writeAll } from "../host/standard-streams.ts";
import { symbolText } from "../host/symbolizer.ts";
import { openSymbols } from "../symbols/index.ts";
import { UsageError } from "./usage.ts";

interface Range {
  title: string;
  start: bigint;
  bytes: Uint8Array;
}

export async function disassembleCommand(args: string[]): Promise<number> {
  const [file, symbolName, ...more] = args;
  if (file === undefined || more.length > 0) throw new UsageError("disassemble: expected PROGRAM [SYMBOL]");
  const guest = guestByName("riscv64");
  const elf = parseElf(readProgram(file), file);
  if (elf.machine !== guest.elfMachine)
    throw new Error(`${file}: ELF machine ${elf.machine}, expected ${guest.elfMachine} (RISC-V)`);

  let ranges: Range[] = elf.sections
    .filter((section) => section.flags & SectionFlag.Execute && section.type === SectionType.ProgramBits)
    .map((section) => ({
      title: `Disassembly of section ${section.name}`,
      start: section.address,
      bytes: section.data(),
    }));
  if (ranges.length === 0)
    ranges = elf.segments
      .filter((segment) => segment.type === SegmentType.Load && segment.flags & SegmentFlag.Execute)
      .map((segment) => ({ title: "Disassembly of a segment", start: segment.address, bytes: segment.data() }));
  if (symbolName !== undefined) {
    const symbol =
      elf.symbols.find((s) => s.name === symbolName && s.size > 0) ?? elf.symbols.find((s) => s.name === symbolName);
    if (!symbol) throw new Error(`${file}: no symbol "${symbolName}"`);
    const range = ranges.find((r) => symbol.address >= r.start && symbol.address < r.start + BigInt(r.bytes.length));
    if (!range) throw new Error(`${file}: "${symbolName}" is not code`);
    const from = Number(symbol.address - range.start);
    const next = elf.symbols
      .filter((s) => s.type === SymbolType.Function && s.address > symbol.address)
      .reduce((low, s) => (s.address < low ? s.address : low), range.start + BigInt(range.bytes.length));
    const end = symbol.size > 0 ? from + symbol.size : Number(next - range.start);
    ranges = [{ title: `Disassembly of ${symbolName}`, start: symbol.address, bytes: range.bytes.subarray(from, end) }];
  }

  const named = elf.symbols.filter(
    (s) => s.name !== "" && !s.name.startsWith("$") && (s.type === SymbolType.Function || s.type === SymbolType.None),
  );
  const labels = new Map(named.map((s) => [s.address, s.name]));
  const symbols = openSymbols(elf, file);
  const where = (address: bigint): string | undefined => {
    const symbol = symbols.symbolAt(address);
    return symbol && symbolText(symbol);
  };

  writeAll(1, Buffer.from(`\n${file}:     file format elf64-littleriscv\n\n`));
  for (const { title, start, bytes } of ranges) {
    const lines: string[] = ["", `${title}:`];
    const fetch = (address: bigint) => {
      const at = Number(address - start);
      return at >= 0 && at + 1 < bytes.length ? bytes[at] | (bytes[at + 1] << 8) : undefined;
    };
    for (let at = start; at + 1n < start + BigInt(bytes.length); ) {
      const label = labels.get(at);
      if (label !== undefined) lines.push("", `${at.toString(16).padStart(16, "0")} <${label}>:`);
      const decoded = guest.decode(fetch, at);
      const { length, bits, target } = decoded;
      const hex = bits.toString(16).padStart(2 * length, "0");
      const goal = target === undefined ? undefined : where(target);
      const text = instructionText(decoded, "\t");
      lines.push(
        `${at.toString(16).padStart(8)}:\t${hex.padEnd(length === 2 ? 20 : 18)}\t${text}${goal === undefined ? "" : ` <${goal}>`}`,
      );
      at += BigInt(length);
    }
    writeAll(1, Buffer.from(`${lines.join("\n")}\n`));
  }
  return 0;
}
