// The door to the real world on Node.js: the host's clock, random numbers and files.
import * as fs from "node:fs";
import { createRequire } from "node:module";
import { type Door, HostError, type HostFiles, type HostStat } from "../../emulator/machine/api.ts";

export interface NodeDoorStreams {
  /** Standard input: undefined when there is none yet, empty at its end. */
  readInput(max: number): Uint8Array | undefined;
  writeOutput(stream: "stdout" | "stderr", data: Uint8Array): void;
  log(level: "info" | "warning" | "error", text: string): void;
}

/**
 * Random bytes as the system's own file gives them, where there is one: every program asks for some when it starts, and
 * Node's cryptography takes longer to load than a short program runs.
 */
function systemRandom(length: number): Uint8Array | undefined {
  let descriptor: number | undefined;
  try {
    descriptor = fs.openSync("/dev/urandom", "r");
    if (!fs.fstatSync(descriptor).isCharacterDevice()) return undefined;
    const bytes = new Uint8Array(length);
    let at = 0;
    while (at < length) {
      const got = fs.readSync(descriptor, bytes, at, length - at, null);
      if (got === 0) return undefined;
      at += got;
    }
    return bytes;
  } catch {
    return undefined;
  } finally {
    if (descriptor !== undefined) fs.closeSync(descriptor);
  }
}

const cryptography = () => createRequire(import.meta.url)("node:crypto") as typeof import("node:crypto");

export class NodeDoor implements Door {
  readonly files: HostFiles = new NodeFiles();
  private readonly start = process.hrtime.bigint();

  constructor(private readonly streams: NodeDoorStreams) {}

  clock(which: "realtime" | "monotonic"): bigint {
    // The fraction of a millisecond that Date lacks is in performance's figures.
    if (which === "realtime") return BigInt(Math.round((performance.timeOrigin + performance.now()) * 1000)) * 1000n;
    return process.hrtime.bigint() - this.start;
  }

  random(length: number): Uint8Array {
    return systemRandom(length) ?? cryptography().randomFillSync(new Uint8Array(length));
  }

  readInput(max: number): Uint8Array | undefined {
    return this.streams.readInput(max);
  }

  writeOutput(stream: "stdout" | "stderr", data: Uint8Array): void {
    this.streams.writeOutput(stream, data);
  }

  log(level: "info" | "warning" | "error", text: string): void {
    this.streams.log(level, text);
  }
}

/** Host errors that Linux names otherwise. */
const renamed: Readonly<Record<string, string>> = { EPERM: "EACCES", ENOTSUP: "EOPNOTSUPP" };

function call<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    throw new HostError(renamed[code] ?? code, message);
  }
}

class NodeFiles implements HostFiles {
  realpath(path: string): string {
    return call(() => fs.realpathSync.native(path));
  }

  open(path: string, mode: Parameters<HostFiles["open"]>[1]): number {
    const { O_RDONLY, O_WRONLY, O_RDWR, O_CREAT, O_EXCL, O_TRUNC, O_NOFOLLOW, O_NONBLOCK } = fs.constants;
    let flags = mode.write ? (mode.read ? O_RDWR : O_WRONLY) : O_RDONLY;
    if (mode.create) flags |= O_CREAT;
    if (mode.exclusive) flags |= O_EXCL;
    if (mode.truncate) flags |= O_TRUNC;
    // The path has no link left in it. Should one, or a named pipe, take the file's place meanwhile: neither follow
    // the one nor wait on the other. (Windows has neither flag.)
    flags |= (O_NOFOLLOW ?? 0) | (O_NONBLOCK ?? 0);
    return call(() => fs.openSync(path, flags, mode.permissions));
  }

  close(handle: number): void {
    call(() => fs.closeSync(handle));
  }

  read(handle: number, length: number, position: number): Uint8Array {
    const buffer = new Uint8Array(length);
    let done = 0;
    while (done < length) {
      const read = call(() => fs.readSync(handle, buffer, done, length - done, position + done));
      if (read === 0) break;
      done += read;
    }
    return buffer.subarray(0, done);
  }

  write(handle: number, data: Uint8Array, position: number): number {
    return data.length === 0 ? 0 : call(() => fs.writeSync(handle, data, 0, data.length, position));
  }

  truncate(handle: number, length: number): void {
    call(() => fs.ftruncateSync(handle, length));
  }

  stat(path: string, followLinks: boolean): HostStat {
    return call(() =>
      describe(followLinks ? fs.statSync(path, { bigint: true }) : fs.lstatSync(path, { bigint: true })),
    );
  }

  fstat(handle: number): HostStat {
    return call(() => describe(fs.fstatSync(handle, { bigint: true })));
  }

  list(path: string): string[] {
    return call(() => fs.readdirSync(path));
  }

  mkdir(path: string, permissions: number): void {
    call(() => fs.mkdirSync(path, permissions));
  }

  unlink(path: string): void {
    call(() => fs.unlinkSync(path));
  }

  rmdir(path: string): void {
    call(() => fs.rmdirSync(path));
  }

  rename(from: string, to: string): void {
    call(() => fs.renameSync(from, to));
  }

  readlink(path: string): string {
    return call(() => fs.readlinkSync(path));
  }

  setPermissions(target: string | number, permissions: number): void {
    call(() => (typeof target === "number" ? fs.fchmodSync(target, permissions) : fs.chmodSync(target, permissions)));
  }

  setTimes(target: string | number, accessed: bigint, modified: bigint): void {
    // Node takes seconds; what a double holds of the fraction is what the file gets.
    const [access, modification] = [accessed, modified].map((time) => Number(time) / 1e9);
    call(() =>
      typeof target === "number"
        ? fs.futimesSync(target, access, modification)
        : fs.lutimesSync(target, access, modification),
    );
  }
}

function describe(stats: fs.BigIntStats): HostStat {
  const device = stats.isCharacterDevice() || stats.isBlockDevice();
  return {
    kind: stats.isFile()
      ? "file"
      : stats.isDirectory()
        ? "directory"
        : stats.isSymbolicLink()
          ? "link"
          : device
            ? "device"
            : "other",
    size: Number(stats.size),
    permissions: Number(stats.mode & 0o7777n),
    inode: Number(BigInt.asUintN(53, stats.ino)),
    links: Number(stats.nlink),
    modified: stats.mtimeNs,
    accessed: stats.atimeNs,
    changed: stats.ctimeNs,
  };
}
