// The address space: brk, mmap and its relatives.
import { PAGE_SIZE } from "../../layout.ts";
import { type Mapping, Protection } from "../../memory.ts";
import { MapFlag } from "../abi.ts";
import { pageUp } from "../address-space.ts";
import { Errno, fail } from "../errno.ts";
import { Directory } from "../open-file.ts";
import { int, type LinuxProcess, offset, type SyscallHandlers, type SyscallResult, uint } from "../process.ts";

const PROTECTION_MASK = Protection.Read | Protection.Write | Protection.Execute;
const REMAP_MAYMOVE = 1;
const REMAP_FIXED = 2;
const REMAP_DONTUNMAP = 4;

const page = BigInt(PAGE_SIZE);

/** A length in whole pages, as a number; ENOMEM when it is more than any address space here. */
function pages(process: LinuxProcess, length: bigint): number {
  if (length === 0n) fail(Errno.EINVAL);
  if (length > BigInt(process.memory.limit)) fail(Errno.ENOMEM);
  return pageUp(Number(length));
}

function needAligned(address: bigint): void {
  if (address % page !== 0n) fail(Errno.EINVAL);
}

/** A range the program names, which must be one it may have: `errno` when not. */
function range(process: LinuxProcess, address: bigint, length: bigint, errno = Errno.ENOMEM): [number, number] {
  needAligned(address);
  const bytes = pages(process, length);
  if (!process.space.accepts(address, BigInt(bytes))) fail(errno);
  return [Number(address), bytes];
}

function map(
  process: LinuxProcess,
  address: bigint,
  length: bigint,
  protection: bigint,
  flags: bigint,
  fd: bigint,
  position: bigint,
): SyscallResult {
  const kind = uint(flags);
  const bytes = pages(process, length);
  const sharing = kind & MapFlag.TypeMask;
  if (sharing !== MapFlag.Shared && sharing !== MapFlag.Private && sharing !== MapFlag.SharedValidate)
    fail(Errno.EINVAL);
  const contents =
    kind & MapFlag.Anonymous ? undefined : fileContents(process, fd, position, bytes, sharing, protection);
  const at = choosePlace(process, address, bytes, kind);
  process.memory.map(at, bytes, uint(protection) & PROTECTION_MASK, contents?.path ?? "");
  if (contents) process.memory.write(BigInt(at), contents.data);
  return at;
}

function choosePlace(process: LinuxProcess, address: bigint, bytes: number, kind: number): number {
  const free = (at: bigint) =>
    process.space.accepts(at, BigInt(bytes)) && process.memory.isAll(false, Number(at), bytes);
  if (kind & (MapFlag.Fixed | MapFlag.FixedNoReplace)) {
    const [at] = range(process, address, BigInt(bytes));
    if (kind & MapFlag.FixedNoReplace && !free(address)) fail(Errno.EEXIST);
    return at;
  }
  const hint = address - (address % page);
  if (hint !== 0n && free(hint)) return Number(hint);
  return process.space.findFree(bytes) ?? fail(Errno.ENOMEM);
}

/** The part of a file to map. It is copied: a shared mapping that could be written has nowhere to write to. */
function fileContents(
  process: LinuxProcess,
  fd: bigint,
  position: bigint,
  bytes: number,
  sharing: number,
  protection: bigint,
): { path: string; data: Uint8Array } {
  needAligned(position);
  const file = process.descriptors.get(int(fd));
  if (file instanceof Directory || file.position === undefined) fail(Errno.ENODEV);
  if (!file.readable) fail(Errno.EACCES);
  if (sharing !== MapFlag.Private && uint(protection) & Protection.Write)
    fail(file.writable ? Errno.ENODEV : Errno.EACCES);
  const start = offset(position);
  return { path: file.path, data: file.readAt(Math.max(0, Math.min(bytes, file.status().size - start)), start) };
}

/** What is mapped of [start, end), in order; undefined when there is a gap. */
function piecesOf(process: LinuxProcess, start: number, end: number): Mapping[] | undefined {
  let at = start;
  const pieces: Mapping[] = [];
  for (const mapping of process.memory.mappings()) {
    if (mapping.end <= at || mapping.start >= end) continue;
    if (mapping.start > at) return undefined;
    pieces.push({ ...mapping, start: at, end: Math.min(mapping.end, end) });
    at = mapping.end;
  }
  return at >= end ? pieces : undefined;
}

function remap(
  process: LinuxProcess,
  address: bigint,
  oldLength: bigint,
  newLength: bigint,
  flags: bigint,
  wanted: bigint,
): SyscallResult {
  const { memory, space } = process;
  const kind = uint(flags);
  const [fixed, keeps] = [(kind & REMAP_FIXED) !== 0, (kind & REMAP_DONTUNMAP) !== 0];
  if (kind & ~(REMAP_MAYMOVE | REMAP_FIXED | REMAP_DONTUNMAP)) fail(Errno.EINVAL);
  if ((fixed || keeps) && !(kind & REMAP_MAYMOVE)) fail(Errno.EINVAL);
  const [from, oldBytes] = range(process, address, oldLength, Errno.EFAULT);
  const newBytes = pages(process, newLength);
  if (keeps && newBytes !== oldBytes) fail(Errno.EINVAL);
  const goal = fixed ? range(process, wanted, newLength, Errno.EINVAL)[0] : undefined;
  if (goal !== undefined && goal < from + oldBytes && from < goal + newBytes) fail(Errno.EINVAL);

  const moved = Math.min(oldBytes, newBytes);
  if (newBytes < oldBytes) memory.unmap(from + newBytes, oldBytes - newBytes);
  const pieces = piecesOf(process, from, from + moved);
  const growth = newBytes - moved;
  if (!pieces || (growth > 0 && pieces.length > 1)) return fail(Errno.EFAULT);
  if (goal === undefined && !keeps) {
    if (growth === 0) return from;
    const above = from + moved;
    if (space.accepts(BigInt(above), BigInt(growth)) && memory.isAll(false, above, growth)) {
      memory.map(above, growth, pieces[0].protection, pieces[0].name);
      return from;
    }
    if (!(kind & REMAP_MAYMOVE)) fail(Errno.ENOMEM);
  }
  const to = goal ?? space.findFree(newBytes) ?? fail(Errno.ENOMEM);
  const contents = memory.read(address, moved);
  memory.unmap(from, moved);
  for (const { start, end, protection, name } of pieces) {
    if (keeps) memory.map(start, end - start, protection, name);
    memory.map(start - from + to, end - start + growth, protection, name);
  }
  memory.write(BigInt(to), contents);
  return to;
}

/** madvise(2)'s advice that has an effect: the pages are wanted zeroed. */
const ADVICE_DONT_NEED = 4;

function advise(process: LinuxProcess, address: bigint, length: bigint, advice: bigint): SyscallResult {
  if (length === 0n) return 0;
  const [at, bytes] = range(process, address, length);
  if (!process.memory.isAll(true, at, bytes)) fail(Errno.ENOMEM);
  if (int(advice) !== ADVICE_DONT_NEED) return 0;
  for (const { start, end, protection, name } of [...process.memory.mappings()]) {
    const [from, to] = [Math.max(start, at), Math.min(end, at + bytes)];
    // A copied file's pages would have to be read again; keeping them is what a program can least notice.
    if (from < to && !name.startsWith("/")) process.memory.map(from, to - from, protection, name);
  }
  return 0;
}

export const memoryCalls: SyscallHandlers = {
  brk: (process, address) => process.space.setBreak(address),
  mmap: map,
  munmap: (process, address, length) => {
    const [at, bytes] = range(process, address, length, Errno.EINVAL);
    process.memory.unmap(at, bytes);
    return 0;
  },
  mprotect: (process, address, length, protection) => {
    needAligned(address);
    if (length === 0n) return 0;
    const [at, bytes] = range(process, address, length);
    return process.memory.protect(at, bytes, uint(protection) & PROTECTION_MASK) ? 0 : -Errno.ENOMEM;
  },
  mremap: remap,
  madvise: advise,
  msync: (process, address, length) => {
    const [at, bytes] = range(process, address, length);
    return process.memory.isAll(true, at, bytes) ? 0 : -Errno.ENOMEM;
  },
  mlock: () => 0,
  munlock: () => 0,
};
