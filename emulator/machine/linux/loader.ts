// Loads a statically linked ELF program, position-independent or not, as execve does.
import {
  ElfClass,
  ElfError,
  type ElfFile,
  type ElfSegment,
  ElfType,
  machineName,
  SegmentFlag,
  SegmentType,
} from "../../elf/elf.ts";
import type { Guest } from "../../guest/guest.ts";
import { type GuestMemory, Protection } from "../memory.ts";
import { LOWEST_ADDRESS, pageDown, pageUp } from "./address-space.ts";

/** Where position-independent programs go: low, so that addresses stay short, and away from fixed programs' 0x10000. */
const PIE_BASE = 0x400000;

export interface LoadedProgram {
  /** Added to the file's addresses. */
  bias: number;
  entry: bigint;
  /** First address past the highest segment. */
  end: number;
  /** Executable segments: lowest and highest (exclusive) address. */
  code: { start: number; end: number };
  /** AT_PHDR: the program headers in memory, 0 when no segment holds them. */
  programHeaders: bigint;
}

interface Placed {
  segment: ElfSegment;
  start: number;
  end: number;
}

/** Maps the program's segments below `limit`. Throws ElfError when it is not a program that can run here. */
export function loadProgram(elf: ElfFile, guest: Guest, memory: GuestMemory, limit: number): LoadedProgram {
  const reject = (fault: string, offset?: number): never => {
    throw new ElfError(elf.name, offset, fault);
  };
  checkKind(elf, guest, reject);
  const bias = elf.type === ElfType.Shared ? PIE_BASE : 0;
  const placed = place(elf, bias, limit, reject);
  const entry = elf.entry + BigInt(bias);
  const code = placed.filter(({ segment }) => segment.flags & SegmentFlag.Execute);
  if (!code.some(({ start, end }) => entry >= BigInt(start) && entry < BigInt(end)))
    reject(`the entry point 0x${elf.entry.toString(16)} lies in no executable segment`, 24);
  for (const one of placed) mapSegment(one, memory, elf.name);
  return {
    bias,
    entry,
    end: Math.max(...placed.map(({ end }) => end)),
    code: { start: Math.min(...code.map(({ start }) => start)), end: Math.max(...code.map(({ end }) => end)) },
    programHeaders: findProgramHeaders(elf, placed),
  };
}

type Reject = (fault: string, offset?: number) => never;

function checkKind(elf: ElfFile, guest: Guest, reject: Reject): void {
  if (elf.machine !== guest.elfMachine)
    reject(`made for ${machineName(elf.machine)}; this machine runs ${machineName(guest.elfMachine)}`, 18);
  const bits = elf.class === ElfClass.Elf64 ? 64 : 32;
  if (bits !== guest.pointerBytes * 8) reject(`a ${bits}-bit program; this machine is ${guest.name}`, 4);
  if (elf.type === ElfType.Relocatable) reject("an object file (.o), not yet linked into a program", 16);
  if (elf.type === ElfType.Core) reject("a core dump, not a program", 16);
  if (elf.type !== ElfType.Executable && elf.type !== ElfType.Shared) reject(`ELF type ${elf.type} is no program`, 16);
  const interpreter = elf.segments.find((segment) => segment.type === SegmentType.Interpreter);
  if (interpreter) {
    const wanted = new TextDecoder().decode(interpreter.data().slice()).replace(/\0.*$/s, "");
    reject(`needs a dynamic loader (${wanted}), which is not supported; link it with -static`, interpreter.offset);
  }
}

function place(elf: ElfFile, bias: number, limit: number, reject: Reject): Placed[] {
  const placed = elf.segments
    .filter((segment) => segment.type === SegmentType.Load && segment.memorySize > 0n)
    .map((segment): Placed => {
      const what = `program header ${segment.index}`;
      const address = segment.address + BigInt(bias);
      if (BigInt(segment.fileSize) > segment.memorySize)
        reject(`${what}: ${segment.fileSize} bytes in the file are more than its ${segment.memorySize} in memory`);
      segment.data();
      if (address + segment.memorySize > BigInt(limit))
        reject(
          `${what}: 0x${address.toString(16)}+0x${segment.memorySize.toString(16)} lies outside the address space (it ends at 0x${limit.toString(16)})`,
        );
      if (address < BigInt(LOWEST_ADDRESS))
        reject(
          `${what}: address 0x${address.toString(16)} is below 0x${LOWEST_ADDRESS.toString(16)}, which is kept free`,
        );
      return { segment, start: Number(address), end: Number(address + segment.memorySize) };
    })
    .sort((a, b) => a.start - b.start);
  if (placed.length === 0) reject("no loadable segments");
  placed.forEach((one, i) => {
    const next = placed[i + 1];
    if (next && one.end > next.start)
      reject(`program headers ${one.segment.index} and ${next.segment.index} overlap at 0x${next.start.toString(16)}`);
  });
  return placed;
}

function mapSegment({ segment, start, end }: Placed, memory: GuestMemory, name: string): void {
  let protection = 0;
  if (segment.flags & SegmentFlag.Read) protection |= Protection.Read;
  if (segment.flags & SegmentFlag.Write) protection |= Protection.Write;
  if (segment.flags & SegmentFlag.Execute) protection |= Protection.Execute;
  let first = pageDown(start);
  const shared = memory.mappings().find((mapping) => mapping.start <= first && mapping.end > first);
  if (shared) {
    // The page holds the end of the segment before: it gets what both may do.
    memory.protect(first, 4096, shared.protection | protection);
    first = pageUp(first + 1);
  }
  if (pageUp(end) > first) memory.map(first, pageUp(end) - first, protection, name);
  memory.write(BigInt(start), segment.data());
}

function findProgramHeaders(elf: ElfFile, placed: readonly Placed[]): bigint {
  const { offset } = elf.programHeaders;
  const holder = placed.find(({ segment }) => offset >= segment.offset && offset < segment.offset + segment.fileSize);
  return holder ? BigInt(holder.start + offset - holder.segment.offset) : 0n;
}
