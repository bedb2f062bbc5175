// What a file descriptor stands for.
import type { Door, HostFiles, HostStat } from "../api.ts";
import { type EntryType, ModeType, OpenFlag } from "./abi.ts";
import { Errno, fail } from "./errno.ts";

/** What stat(2) reports. Times in nanoseconds since 1970. */
export interface FileStatus {
  mode: number;
  size: number;
  inode: number;
  links: number;
  device: number;
  modified: bigint;
  accessed: bigint;
  changed: bigint;
}

export interface DirectoryEntry {
  name: string;
  inode: number;
  type: EntryType;
}

/** Nothing to read yet: the call is to be tried again later. */
export const NOT_YET = Symbol("not yet");

export function fileStatus(mode: number, size = 0, inode = 1): FileStatus {
  return { mode, size, inode, links: 1, device: 1, modified: 0n, accessed: 0n, changed: 0n };
}

const modeTypes: Record<HostStat["kind"], number> = {
  file: ModeType.Regular,
  directory: ModeType.Directory,
  link: ModeType.Link,
  device: ModeType.CharacterDevice,
  other: ModeType.Fifo,
};

export function statusOfHost(stat: HostStat): FileStatus {
  return { ...stat, mode: modeTypes[stat.kind] | (stat.permissions & 0o7777), device: 2 };
}

/** An open file description, shared by the descriptors that dup(2) makes. */
export abstract class OpenFile {
  /** Descriptors that refer to it. */
  references = 0;

  constructor(
    /** Guest path, or what stands for one: `pipe:[1]`. */
    readonly path: string,
    /** Access mode and status flags of open(2). */
    public flags: number,
  ) {}

  abstract status(): FileStatus;

  get readable(): boolean {
    return (this.flags & OpenFlag.AccessMode) !== OpenFlag.WriteOnly;
  }

  get writable(): boolean {
    return (this.flags & OpenFlag.AccessMode) !== 0;
  }

  /** Bytes at the file's position, which moves; empty at the end. */
  read(_length: number): Uint8Array | typeof NOT_YET {
    return fail(Errno.EINVAL);
  }

  /** Bytes taken. */
  write(_data: Uint8Array): number {
    return fail(Errno.EINVAL);
  }

  readAt(_length: number, _position: number): Uint8Array {
    return fail(Errno.ESPIPE);
  }

  writeAt(_data: Uint8Array, _position: number): number {
    return fail(Errno.ESPIPE);
  }

  /** The file's position, set and read; undefined where there is none. */
  get position(): number | undefined {
    return undefined;
  }

  set position(_value: number) {
    fail(Errno.ESPIPE);
  }

  truncate(_length: number): void {
    fail(Errno.EINVAL);
  }

  /** fchmod(2); EPERM for what is not the guest's. */
  setPermissions(_permissions: number): void {
    fail(Errno.EPERM);
  }

  /** futimens(3): nanoseconds since 1970. */
  setTimes(_accessed: bigint, _modified: bigint): void {
    fail(Errno.EPERM);
  }

  entries(): readonly DirectoryEntry[] {
    return fail(Errno.ENOTDIR);
  }

  /** Would a read come back at once? */
  hasInput(): boolean {
    return true;
  }

  /** Does it answer as a terminal does (isatty)? C libraries then write out every line at once. */
  readonly isTerminal: boolean = false;

  /** The last descriptor is gone. */
  close(): void {}
}

const TERMINAL_PATH = "/dev/pts/0";

/** Of a standard stream: a terminal, or else a pipe. */
function streamStatus(isTerminal: boolean): FileStatus {
  return fileStatus(isTerminal ? ModeType.CharacterDevice | 0o620 : ModeType.Fifo | 0o600);
}

/** Standard input. What a poll has fetched waits here for the read. */
export class StandardInput extends OpenFile {
  private fetched: Uint8Array = new Uint8Array(0);
  private ended = false;

  constructor(
    private readonly door: Door,
    override readonly isTerminal: boolean,
  ) {
    super(isTerminal ? TERMINAL_PATH : "pipe:[stdin]", 0);
  }

  override status(): FileStatus {
    return streamStatus(this.isTerminal);
  }

  override read(length: number): Uint8Array | typeof NOT_YET {
    if (length === 0) return new Uint8Array(0);
    if (!this.hasInput(length)) return NOT_YET;
    const data = this.fetched.subarray(0, length);
    this.fetched = this.fetched.subarray(data.length);
    return data;
  }

  override hasInput(length = 4096): boolean {
    if (this.fetched.length > 0 || this.ended) return true;
    const data = this.door.readInput(length);
    if (!data) return false;
    this.fetched = data;
    this.ended = data.length === 0;
    return true;
  }
}

export class StandardOutput extends OpenFile {
  constructor(
    private readonly door: Door,
    private readonly stream: "stdout" | "stderr",
    override readonly isTerminal: boolean,
  ) {
    super(isTerminal ? TERMINAL_PATH : `pipe:[${stream}]`, OpenFlag.WriteOnly);
  }

  override status(): FileStatus {
    return streamStatus(this.isTerminal);
  }

  override write(data: Uint8Array): number {
    if (data.length > 0) this.door.writeOutput(this.stream, data);
    return data.length;
  }
}

/** Files with a position: the moving of it, over `readAt` and `writeAt`. */
abstract class SeekableFile extends OpenFile {
  private at = 0;

  override get position(): number {
    return this.at;
  }

  override set position(value: number) {
    this.at = value;
  }

  override read(length: number): Uint8Array {
    const data = this.readAt(length, this.at);
    this.at += data.length;
    return data;
  }

  override write(data: Uint8Array): number {
    if (this.flags & OpenFlag.Append) this.at = this.status().size;
    const written = this.writeAt(data, this.at);
    this.at += written;
    return written;
  }
}

/** A regular file of the host. */
export class HostFile extends SeekableFile {
  constructor(
    path: string,
    flags: number,
    private readonly files: HostFiles,
    private readonly handle: number,
    /** May the guest change what is below the root? */
    private readonly changeable: boolean,
  ) {
    super(path, flags);
  }

  override status(): FileStatus {
    return statusOfHost(this.files.fstat(this.handle));
  }

  override readAt(length: number, position: number): Uint8Array {
    return this.files.read(this.handle, length, position);
  }

  override writeAt(data: Uint8Array, position: number): number {
    return this.files.write(this.handle, data, position);
  }

  override truncate(length: number): void {
    this.files.truncate(this.handle, length);
  }

  override setPermissions(permissions: number): void {
    this.needChangeable();
    this.files.setPermissions(this.handle, permissions);
  }

  override setTimes(accessed: bigint, modified: bigint): void {
    this.needChangeable();
    this.files.setTimes(this.handle, accessed, modified);
  }

  private needChangeable(): void {
    if (!this.changeable) fail(Errno.EROFS);
  }

  override close(): void {
    this.files.close(this.handle);
  }
}

/** A file that the emulator makes up, such as /proc/self/maps: its contents are those of the moment of opening. */
export class MadeUpFile extends SeekableFile {
  constructor(
    path: string,
    private readonly contents: Uint8Array,
  ) {
    super(path, 0);
  }

  override status(): FileStatus {
    return fileStatus(ModeType.Regular | 0o444, this.contents.length);
  }

  override readAt(length: number, position: number): Uint8Array {
    return this.contents.subarray(position, position + length);
  }
}

export class Directory extends OpenFile {
  private at = 0;

  constructor(
    path: string,
    private readonly describe: () => FileStatus,
    private readonly list: () => DirectoryEntry[],
  ) {
    super(path, OpenFlag.Directory);
  }

  private listed: DirectoryEntry[] | undefined;

  override status(): FileStatus {
    return this.describe();
  }

  override read(): Uint8Array {
    return fail(Errno.EISDIR);
  }

  override entries(): readonly DirectoryEntry[] {
    this.listed ??= this.list();
    return this.listed;
  }

  /** Index of the next entry. */
  override get position(): number {
    return this.at;
  }

  override set position(value: number) {
    if (value === 0) this.listed = undefined;
    this.at = value;
  }
}

/** /dev/null, /dev/zero and the like. */
export class Device extends OpenFile {
  constructor(
    path: string,
    flags: number,
    private readonly produce: (length: number) => Uint8Array,
  ) {
    super(path, flags);
  }

  override status(): FileStatus {
    return fileStatus(ModeType.CharacterDevice | 0o666);
  }

  override read(length: number): Uint8Array {
    return this.produce(length);
  }

  override readAt(length: number): Uint8Array {
    return this.produce(length);
  }

  override write(data: Uint8Array): number {
    return data.length;
  }

  override get position(): number {
    return 0;
  }

  override set position(_value: number) {}
}

/** What both ends of a pipe share. */
export class PipeBuffer {
  static readonly capacity = 65536;
  data: Uint8Array = new Uint8Array(0);
  readers = 1;
  writers = 1;
}

export class PipeEnd extends OpenFile {
  constructor(
    path: string,
    flags: number,
    private readonly buffer: PipeBuffer,
  ) {
    super(path, flags);
  }

  override status(): FileStatus {
    return fileStatus(ModeType.Fifo | 0o600);
  }

  override read(length: number): Uint8Array | typeof NOT_YET {
    if (!this.hasInput()) return this.flags & OpenFlag.NonBlock ? fail(Errno.EAGAIN) : NOT_YET;
    const data = this.buffer.data.subarray(0, length);
    this.buffer.data = this.buffer.data.subarray(data.length);
    return data;
  }

  override hasInput(): boolean {
    return this.buffer.data.length > 0 || this.buffer.writers === 0;
  }

  override write(data: Uint8Array): number {
    if (this.buffer.readers === 0) fail(Errno.EPIPE);
    const taken = data.subarray(0, PipeBuffer.capacity - this.buffer.data.length);
    // Nobody else runs who could make room, so a full pipe is an error even where Linux would wait.
    if (taken.length === 0 && data.length > 0) fail(Errno.EAGAIN);
    const joined = new Uint8Array(this.buffer.data.length + taken.length);
    joined.set(this.buffer.data);
    joined.set(taken, this.buffer.data.length);
    this.buffer.data = joined;
    return taken.length;
  }

  override close(): void {
    if (this.writable) this.buffer.writers--;
    else this.buffer.readers--;
  }
}
