// Names: status, access, directories, links.
import { AtFlag, identity } from "../abi.ts";
import { Errno, fail } from "../errno.ts";
import { Directory, type FileStatus } from "../open-file.ts";
import { int, type LinuxProcess, type SyscallHandlers, type SyscallResult, size, uint } from "../process.ts";
import { cString, Structure } from "../user-memory.ts";
import { pathAt } from "./files.ts";

const BLOCK_SIZE = 4096;
/** STATX_BASIC_STATS: all that stat(2) knows. */
const STATX_BASIC = 0x7ff;
const RENAME_NOREPLACE = 1;
const BILLION = 1_000_000_000n;

/** struct stat. */
function statStructure(status: FileStatus): Structure {
  const structure = new Structure(128)
    .u64(0, status.device)
    .u64(8, status.inode)
    .u32(16, status.mode)
    .u32(20, status.links)
    .u32(24, identity.uid)
    .u32(28, identity.gid)
    .u64(48, status.size)
    .u32(56, BLOCK_SIZE)
    .u64(64, Math.ceil(status.size / 512));
  [status.accessed, status.modified, status.changed].forEach((time, i) => {
    structure.u64(72 + 16 * i, time / BILLION).u64(80 + 16 * i, time % BILLION);
  });
  return structure;
}

function statxStructure(status: FileStatus): Structure {
  const structure = new Structure(256)
    .u32(0, STATX_BASIC)
    .u32(4, BLOCK_SIZE)
    .u32(16, status.links)
    .u32(20, identity.uid)
    .u32(24, identity.gid)
    .u16(28, status.mode)
    .u64(32, status.inode)
    .u64(40, status.size)
    .u64(48, Math.ceil(status.size / 512))
    .u32(140, status.device);
  for (const [at, time] of [
    [64, status.accessed],
    [96, status.changed],
    [112, status.modified],
  ] as const)
    structure.u64(at, time / BILLION).u32(at + 8, Number(time % BILLION));
  return structure;
}

/** What a directory descriptor, path and AT_ flags mean together. */
function statusAt(process: LinuxProcess, dirfd: bigint, path: bigint, flags: number): FileStatus {
  const text = process.user.path(path);
  if (text === "" && flags & AtFlag.EmptyPath)
    return int(dirfd) < 0
      ? process.files.status(process.files.cwd, true)
      : process.descriptors.get(int(dirfd)).status();
  return process.files.status(pathAt(process, dirfd, text), !(flags & AtFlag.SymlinkNoFollow));
}

function directoryEntries(process: LinuxProcess, fd: bigint, buffer: bigint, count: bigint): SyscallResult {
  const directory = process.descriptors.get(int(fd));
  if (!(directory instanceof Directory)) return fail(Errno.ENOTDIR);
  const room = size(count);
  const entries = directory.entries();
  let used = 0;
  while (directory.position < entries.length) {
    const { name, inode, type } = entries[directory.position];
    const text = cString(name);
    const length = Math.ceil((19 + text.length) / 8) * 8;
    if (used + length > room) break;
    const entry = new Structure(length)
      .u64(0, inode)
      .u64(8, directory.position + 1)
      .u16(16, length)
      .set(19, text);
    entry.bytes[18] = type;
    process.user.write(buffer + BigInt(used), entry);
    directory.position = directory.position + 1;
    used += length;
  }
  if (used === 0 && directory.position < entries.length) fail(Errno.EINVAL);
  return used;
}

function checkAccess(process: LinuxProcess, dirfd: bigint, path: bigint, mode: bigint, flags: bigint): SyscallResult {
  if (int(mode) & ~7) fail(Errno.EINVAL);
  const follow = !(int(flags) & AtFlag.SymlinkNoFollow);
  process.files.access(pathAt(process, dirfd, process.user.path(path)), int(mode), follow);
  return 0;
}

function rename(
  process: LinuxProcess,
  oldDirectory: bigint,
  oldPath: bigint,
  newDirectory: bigint,
  newPath: bigint,
  flags: bigint,
): SyscallResult {
  if (int(flags) & ~RENAME_NOREPLACE) fail(Errno.EINVAL);
  const from = pathAt(process, oldDirectory, process.user.path(oldPath));
  const to = pathAt(process, newDirectory, process.user.path(newPath));
  process.files.rename(from, to, (int(flags) & RENAME_NOREPLACE) !== 0);
  return 0;
}

const TIME_NOW = 0x3fffffffn;
const TIME_OMIT = 0x3ffffffen;

/** utimensat(2): two timespecs, or none for now. A null path means the descriptor itself. */
function setTimes(process: LinuxProcess, dirfd: bigint, path: bigint, times: bigint, flags: bigint): SyscallResult {
  const file = path === 0n ? process.descriptors.get(int(dirfd)) : undefined;
  const follow = !(int(flags) & AtFlag.SymlinkNoFollow);
  const name = file ? "" : pathAt(process, dirfd, process.user.path(path));
  const before = file?.status() ?? process.files.status(name, follow);
  const structure = times === 0n ? undefined : process.user.structure(times, 32);
  const [accessed, modified] = [before.accessed, before.modified].map((kept, i) => {
    const nanoseconds = structure?.getI64(16 * i + 8) ?? TIME_NOW;
    if (nanoseconds === TIME_OMIT) return kept;
    if (nanoseconds === TIME_NOW || !structure) return process.door.clock("realtime");
    if (nanoseconds < 0n || nanoseconds >= BILLION) fail(Errno.EINVAL);
    return structure.getI64(16 * i) * BILLION + nanoseconds;
  });
  if (file) file.setTimes(accessed, modified);
  else process.files.setTimes(name, accessed, modified, follow);
  return 0;
}

/** struct statfs of a file system that says little of itself. */
function fileSystemStatus(process: LinuxProcess, address: bigint): SyscallResult {
  const blocks = 1 << 20;
  const structure = new Structure(120)
    .u64(0, 0x01021994)
    .u64(8, BLOCK_SIZE)
    .u64(16, blocks)
    .u64(24, blocks / 2)
    .u64(32, blocks / 2)
    .u64(64, 255)
    .u64(72, BLOCK_SIZE);
  process.user.write(address, structure);
  return 0;
}

export const directoryCalls: SyscallHandlers = {
  fstat: (process, fd, address) => {
    process.user.write(address, statStructure(process.descriptors.get(int(fd)).status()));
    return 0;
  },
  newfstatat: (process, dirfd, path, address, flags) => {
    process.user.write(address, statStructure(statusAt(process, dirfd, path, int(flags))));
    return 0;
  },
  statx: (process, dirfd, path, flags, _mask, address) => {
    process.user.write(address, statxStructure(statusAt(process, dirfd, path, int(flags))));
    return 0;
  },
  faccessat: (process, dirfd, path, mode) => checkAccess(process, dirfd, path, mode, 0n),
  faccessat2: checkAccess,
  readlinkat: (process, dirfd, path, buffer, count) => {
    if (int(count) <= 0) fail(Errno.EINVAL);
    const target = process.files.readlink(pathAt(process, dirfd, process.user.path(path)));
    const text = cString(target).subarray(0, -1).subarray(0, int(count));
    process.user.write(buffer, text);
    return text.length;
  },
  getdents64: directoryEntries,
  mkdirat: (process, dirfd, path, mode) => {
    process.files.makeDirectory(pathAt(process, dirfd, process.user.path(path)), uint(mode));
    return 0;
  },
  unlinkat: (process, dirfd, path, flags) => {
    if (int(flags) & ~AtFlag.RemoveDirectory) fail(Errno.EINVAL);
    process.files.remove(pathAt(process, dirfd, process.user.path(path)), int(flags));
    return 0;
  },
  renameat: (process, oldDirectory, oldPath, newDirectory, newPath) =>
    rename(process, oldDirectory, oldPath, newDirectory, newPath, 0n),
  renameat2: rename,
  getcwd: (process, buffer, count) => {
    const text = cString(process.files.cwd);
    if (BigInt(text.length) > count) fail(Errno.ERANGE);
    process.user.write(buffer, text);
    return text.length;
  },
  chdir: (process, path) => {
    process.files.changeDirectory(process.files.absolute(process.user.path(path)));
    return 0;
  },
  fchdir: (process, fd) => {
    const directory = process.descriptors.get(int(fd));
    if (!(directory instanceof Directory)) fail(Errno.ENOTDIR);
    process.files.changeDirectory(directory.path);
    return 0;
  },
  umask: (process, mask) => {
    const before = process.files.umask;
    process.files.umask = uint(mask) & 0o777;
    return before;
  },
  fchmod: (process, fd, mode) => {
    process.descriptors.get(int(fd)).setPermissions(uint(mode) & 0o7777);
    return 0;
  },
  fchmodat: (process, dirfd, path, mode) => {
    process.files.setPermissions(pathAt(process, dirfd, process.user.path(path)), uint(mode));
    return 0;
  },
  utimensat: setTimes,
  statfs: (process, path, address) => {
    process.files.status(process.files.absolute(process.user.path(path)), true);
    return fileSystemStatus(process, address);
  },
  fstatfs: (process, fd, address) => {
    process.descriptors.get(int(fd));
    return fileSystemStatus(process, address);
  },
};
