// Reading, writing, opening and closing.
import { AT_FDCWD, OpenFlag, Seek } from "../abi.ts";
import { DESCRIPTOR_LIMIT } from "../descriptors.ts";
import { Errno, fail, LinuxError } from "../errno.ts";
import { Directory, NOT_YET, type OpenFile, PipeBuffer, PipeEnd, StandardInput } from "../open-file.ts";
import {
  int,
  type LinuxProcess,
  offset,
  type SyscallHandler,
  type SyscallHandlers,
  type SyscallResult,
  size,
  uint,
  waitForever,
} from "../process.ts";
import { Signal, signalCode } from "../signals.ts";
import { Structure } from "../user-memory.ts";
import { terminalControl } from "./terminal.ts";

/** Longest vector of readv and writev. */
const VECTOR_LIMIT = 1024;
/** Status flags that F_SETFL changes. */
const SETTABLE = OpenFlag.Append | OpenFlag.NonBlock;

/** The absolute guest path of a directory descriptor and a path. */
export function pathAt(process: LinuxProcess, dirfd: bigint, path: string): string {
  if (path.startsWith("/") || int(dirfd) === AT_FDCWD) return process.files.absolute(path);
  const directory = process.descriptors.get(int(dirfd));
  if (!(directory instanceof Directory)) fail(Errno.ENOTDIR);
  return process.files.absolute(path, directory.path);
}

function readable(process: LinuxProcess, fd: bigint): OpenFile {
  const file = process.descriptors.get(int(fd));
  return file.readable ? file : fail(Errno.EBADF);
}

function writable(process: LinuxProcess, fd: bigint): OpenFile {
  const file = process.descriptors.get(int(fd));
  return file.writable ? file : fail(Errno.EBADF);
}

interface Part {
  address: bigint;
  length: number;
}

function vector(process: LinuxProcess, address: bigint, count: bigint): Part[] {
  const parts = int(count);
  if (parts < 0 || parts > VECTOR_LIMIT) fail(Errno.EINVAL);
  const table = process.user.structure(address, parts * 16);
  return Array.from({ length: parts }, (_, i) => ({
    address: table.getU64(16 * i),
    length: size(table.getU64(16 * i + 8)),
  }));
}

/** Bytes moved by one call at most: a guest may name any size, and what is left over it asks for again. */
const TRANSFER_LIMIT = 16 << 20;

const lengthOf = (parts: readonly Part[]) => parts.reduce((sum, part) => sum + part.length, 0);

/** Reads into the parts; `take` gives the bytes. */
function scatter(
  process: LinuxProcess,
  parts: readonly Part[],
  take: (length: number) => Uint8Array | typeof NOT_YET,
): SyscallResult | typeof NOT_YET {
  for (const part of parts) process.user.needWritable(part.address, part.length);
  const data = take(Math.min(lengthOf(parts), TRANSFER_LIMIT));
  if (data === NOT_YET) return NOT_YET;
  let at = 0;
  for (const part of parts) {
    const piece = data.subarray(at, at + part.length);
    process.user.write(part.address, piece);
    at += piece.length;
  }
  return data.length;
}

function gather(process: LinuxProcess, parts: readonly Part[]): Uint8Array {
  const data = new Uint8Array(Math.min(lengthOf(parts), TRANSFER_LIMIT));
  let at = 0;
  for (const part of parts) {
    const length = Math.min(part.length, data.length - at);
    data.set(process.user.read(part.address, length), at);
    at += length;
  }
  return data;
}

function readParts(process: LinuxProcess, fd: bigint, parts: readonly Part[]): SyscallResult {
  const file = readable(process, fd);
  const result = scatter(process, parts, (length) => file.read(length));
  if (result !== NOT_YET) return result;
  return file instanceof StandardInput ? { wait: "input" } : waitForever();
}

function writeParts(process: LinuxProcess, fd: bigint, parts: readonly Part[]): SyscallResult {
  const file = writable(process, fd);
  try {
    return file.write(gather(process, parts));
  } catch (error) {
    if (error instanceof LinuxError && error.errno === Errno.EPIPE)
      process.signals.raise({ signal: Signal.PIPE, code: signalCode.user, text: "wrote to a pipe that nobody reads" });
    throw error;
  }
}

function readAt(process: LinuxProcess, fd: bigint, parts: readonly Part[], position: bigint): SyscallResult {
  const at = offset(position);
  const file = readable(process, fd);
  return scatter(process, parts, (length) => file.readAt(length, at)) as SyscallResult;
}

function writeAt(process: LinuxProcess, fd: bigint, parts: readonly Part[], position: bigint): SyscallResult {
  const at = offset(position);
  return writable(process, fd).writeAt(gather(process, parts), at);
}

const whole = (address: bigint, count: bigint): Part[] => [{ address, length: size(count) }];

/** fcntl(2)'s commands. */
enum Control {
  Duplicate = 0,
  GetDescriptorFlags = 1,
  SetDescriptorFlags = 2,
  GetStatusFlags = 3,
  SetStatusFlags = 4,
  GetLock = 5,
  SetLock = 6,
  SetLockWait = 7,
  DuplicateCloseOnExec = 1030,
}

function control(process: LinuxProcess, fd: bigint, command: bigint, argument: bigint): SyscallResult {
  const descriptor = process.descriptors.descriptor(int(fd));
  switch (int(command)) {
    case Control.Duplicate:
    case Control.DuplicateCloseOnExec:
      if (int(argument) < 0 || int(argument) >= DESCRIPTOR_LIMIT) fail(Errno.EINVAL);
      return process.descriptors.add(descriptor.file, int(command) === Control.DuplicateCloseOnExec, int(argument));
    case Control.GetDescriptorFlags:
      return descriptor.closeOnExec ? 1 : 0;
    case Control.SetDescriptorFlags:
      descriptor.closeOnExec = (argument & 1n) !== 0n;
      return 0;
    case Control.GetStatusFlags:
      return (descriptor.file.flags & ~OpenFlag.CloseOnExec) | OpenFlag.LargeFile;
    case Control.SetStatusFlags:
      descriptor.file.flags = (descriptor.file.flags & ~SETTABLE) | (int(argument) & SETTABLE);
      return 0;
    // Nobody else is there to hold a lock against us.
    case Control.GetLock:
      process.user.write(argument, new Structure(2).u16(0, 2));
      return 0;
    case Control.SetLock:
    case Control.SetLockWait:
      return 0;
    default:
      return fail(Errno.EINVAL);
  }
}

function seek(process: LinuxProcess, fd: bigint, distance: bigint, whence: bigint): SyscallResult {
  const file = process.descriptors.get(int(fd));
  const position = file.position;
  if (position === undefined) return fail(Errno.ESPIPE);
  const bases: Record<number, () => number> = {
    [Seek.Set]: () => 0,
    [Seek.Current]: () => position,
    [Seek.End]: () => file.status().size,
  };
  const base = bases[int(whence)] ?? fail(Errno.EINVAL);
  const target = offset(BigInt(base()) + BigInt.asIntN(64, distance));
  file.position = target;
  return target;
}

function pipe(process: LinuxProcess, address: bigint, flags: bigint): SyscallResult {
  const kept = int(flags);
  if (kept & ~(OpenFlag.CloseOnExec | OpenFlag.NonBlock)) fail(Errno.EINVAL);
  process.user.needWritable(address, 8);
  const buffer = new PipeBuffer();
  const closeOnExec = (kept & OpenFlag.CloseOnExec) !== 0;
  const nonBlock = kept & OpenFlag.NonBlock;
  const reader = process.descriptors.add(new PipeEnd("pipe:[1]", nonBlock, buffer), closeOnExec);
  const writer = process.descriptors.add(new PipeEnd("pipe:[1]", OpenFlag.WriteOnly | nonBlock, buffer), closeOnExec);
  process.user.write(address, new Structure(8).u32(0, reader).u32(4, writer));
  return 0;
}

/** sendfile(2): what one file gives, the other takes; a file that takes less is left at what it took. */
function sendFile(process: LinuxProcess, to: bigint, from: bigint, position: bigint, count: bigint): SyscallResult {
  const [source, target] = [readable(process, from), writable(process, to)];
  const at = source.position;
  if (at === undefined || source instanceof Directory) return fail(Errno.EINVAL);
  const start = position === 0n ? at : offset(process.user.structure(position, 8).getU64(0));
  const taken = target.write(source.readAt(Math.min(size(count), TRANSFER_LIMIT), start));
  if (position === 0n) source.position = start + taken;
  else process.user.write(position, new Structure(8).u64(0, start + taken));
  return taken;
}

const succeedIfOpen: SyscallHandler = (process, fd) => {
  process.descriptors.get(int(fd));
  return 0;
};

const FIONREAD = 0x541b;

export const fileCalls: SyscallHandlers = {
  read: (process, fd, buffer, count) => readParts(process, fd, whole(buffer, count)),
  write: (process, fd, buffer, count) => writeParts(process, fd, whole(buffer, count)),
  readv: (process, fd, parts, count) => readParts(process, fd, vector(process, parts, count)),
  writev: (process, fd, parts, count) => writeParts(process, fd, vector(process, parts, count)),
  pread64: (process, fd, buffer, count, position) => readAt(process, fd, whole(buffer, count), position),
  pwrite64: (process, fd, buffer, count, position) => writeAt(process, fd, whole(buffer, count), position),
  preadv: (process, fd, parts, count, position) => readAt(process, fd, vector(process, parts, count), position),
  pwritev: (process, fd, parts, count, position) => writeAt(process, fd, vector(process, parts, count), position),
  openat: (process, dirfd, path, flags, mode) => {
    const file = process.files.open(pathAt(process, dirfd, process.user.path(path)), uint(flags), uint(mode));
    return process.descriptors.add(file, (uint(flags) & OpenFlag.CloseOnExec) !== 0);
  },
  close: (process, fd) => {
    process.descriptors.close(int(fd));
    return 0;
  },
  close_range: (process, first, last) => {
    if (uint(first) > uint(last)) fail(Errno.EINVAL);
    for (const fd of process.descriptors.numbers())
      if (fd >= uint(first) && fd <= uint(last)) process.descriptors.close(fd);
    return 0;
  },
  lseek: seek,
  ftruncate: (process, fd, length) => {
    const file = process.descriptors.get(int(fd));
    if (!file.writable) fail(Errno.EINVAL);
    file.truncate(offset(length));
    return 0;
  },
  truncate: (process, path, length) => {
    process.files.truncate(process.files.absolute(process.user.path(path)), offset(length));
    return 0;
  },
  sendfile: sendFile,
  fcntl: control,
  dup: (process, fd) => process.descriptors.add(process.descriptors.get(int(fd))),
  dup3: (process, from, to, flags) => {
    const file = process.descriptors.get(int(from));
    if (int(from) === int(to) || int(flags) & ~OpenFlag.CloseOnExec) fail(Errno.EINVAL);
    process.descriptors.put(int(to), file, (int(flags) & OpenFlag.CloseOnExec) !== 0);
    return int(to);
  },
  pipe2: pipe,
  ioctl: (process, fd, request, argument) => {
    const file = process.descriptors.get(int(fd));
    if (file.isTerminal && uint(request) !== FIONREAD) return terminalControl(process, uint(request), argument);
    if (uint(request) !== FIONREAD) fail(Errno.ENOTTY);
    const left = file.position === undefined ? 0 : Math.max(0, file.status().size - file.position);
    process.user.write(argument, new Structure(4).u32(0, left));
    return 0;
  },
  // Nothing is kept back: every write has already gone to the host.
  fsync: succeedIfOpen,
  fdatasync: succeedIfOpen,
  sync: () => 0,
  fadvise64: succeedIfOpen,
  flock: succeedIfOpen,
};
