// Guest paths: resolved component by component below the granted root, as chroot would, so that no name and no link
// leads out of it. Made-up files (/dev, /proc/self) come first; without a root there are only those.
import type { HostFiles } from "../api.ts";
import { HostError } from "../api.ts";
import { AtFlag, EntryType, OpenFlag } from "./abi.ts";
import { Errno, errnoByName, fail, LinuxError } from "./errno.ts";
import type { MadeUpFiles } from "./made-up-files.ts";
import { Directory, type DirectoryEntry, type FileStatus, HostFile, type OpenFile, statusOfHost } from "./open-file.ts";

/** Links followed before ELOOP. */
const LINK_LIMIT = 40;
const NAME_MAX = 255;

/** An entry that may or may not exist, in a directory that does. */
interface Place {
  /** Canonical guest path. */
  path: string;
  /** Host path. */
  host: string;
  status: FileStatus | undefined;
  kind: "file" | "directory" | "link" | "device" | "other" | undefined;
  /** The guest's path ended in a slash: it must be a directory. */
  mustBeDirectory: boolean;
}

interface Root {
  files: HostFiles;
  /** Canonical host path, no slash at its end. */
  path: string;
  /** The host's separator is a backslash, so that a name must not hold one. */
  backslash: boolean;
}

/** Runs host calls, turning the host's errors into Linux's. */
function host<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof HostError) throw new LinuxError(errnoByName(error.code));
    throw error;
  }
}

const entryTypes = { file: EntryType.Regular, directory: EntryType.Directory, link: EntryType.Link } as const;

export class FileSystem {
  /** Canonical, absolute. */
  private currentPath: string;
  private readonly root: Root | undefined;
  umask = 0o022;

  constructor(
    files: HostFiles | undefined,
    rootPath: string | undefined,
    private readonly writable: boolean,
    cwd: string,
    private readonly madeUp: MadeUpFiles,
  ) {
    if (files && rootPath !== undefined) {
      const path = grantedFolder(files, rootPath);
      this.root = { files, path: path.replace(/[\\/]+$/, ""), backslash: /^[A-Za-z]:|\\/.test(path) };
    }
    this.currentPath = normalise(cwd);
    if (this.root) this.startIn(cwd);
  }

  /** @throws Error for a first working directory that the guest has not. */
  private startIn(cwd: string): void {
    try {
      this.changeDirectory(normalise(cwd));
    } catch {
      throw new Error(`cwd: "${cwd}" is not a folder in the guest's root (${this.root!.path || "/"})`);
    }
  }

  get cwd(): string {
    return this.currentPath;
  }

  /** Makes a path absolute: relative ones start at `base` (a directory's guest path), or at the current directory. */
  absolute(path: string, base = this.currentPath): string {
    if (path === "") fail(Errno.ENOENT);
    return path.startsWith("/") ? path : `${base}/${path}`;
  }

  /** Opens an absolute guest path with the flags of open(2). */
  open(path: string, flags: number, permissions: number): OpenFile {
    const madeUp = this.madeUp.open(normalise(path), flags);
    if (madeUp) return madeUp;
    const root = this.needRoot();
    const create = (flags & OpenFlag.Create) !== 0;
    const exclusive = create && (flags & OpenFlag.Exclusive) !== 0;
    const place = this.resolve(path, !(flags & OpenFlag.NoFollow) && !exclusive);
    const access = flags & OpenFlag.AccessMode;
    const wantsWrite = access !== 0 || (flags & OpenFlag.Truncate) !== 0;
    if ((flags & OpenFlag.TemporaryFile) !== 0) fail(Errno.EOPNOTSUPP);
    if (place.kind === undefined) {
      if (!create) fail(Errno.ENOENT);
      if (place.mustBeDirectory || flags & OpenFlag.Directory) fail(Errno.EISDIR);
    } else {
      if (exclusive) fail(Errno.EEXIST);
      if (place.kind === "link") fail(Errno.ELOOP);
      if (place.kind === "directory") {
        if (wantsWrite || create) fail(Errno.EISDIR);
        return this.directory(place);
      }
      if (flags & OpenFlag.Directory || place.mustBeDirectory) fail(Errno.ENOTDIR);
      // A device or a named pipe of the host is not the guest's to open.
      if (place.kind !== "file") fail(Errno.EACCES);
    }
    if (wantsWrite || place.kind === undefined) this.needWritable();
    const handle = host(() =>
      root.files.open(place.host, {
        read: access !== OpenFlag.WriteOnly,
        write: wantsWrite,
        create,
        exclusive,
        truncate: (flags & OpenFlag.Truncate) !== 0,
        permissions: permissions & 0o777 & ~this.umask,
      }),
    );
    return new HostFile(
      place.path,
      flags & ~(OpenFlag.Create | OpenFlag.Exclusive | OpenFlag.Truncate),
      root.files,
      handle,
      this.writable,
    );
  }

  status(path: string, followLast: boolean): FileStatus {
    const madeUp = this.madeUp.status(normalise(path));
    if (madeUp) return madeUp;
    this.needRoot();
    return this.existing(path, followLast).status!;
  }

  /** access(2): 4 read, 2 write, 1 execute; ENOENT, EACCES or EROFS when not. */
  access(path: string, mode: number, followLast: boolean): void {
    const status = this.status(path, followLast);
    if (mode & 2 && !this.madeUp.status(normalise(path))) this.needWritable();
    if (mode & 1 && !(status.mode & 0o111)) fail(Errno.EACCES);
    if (mode & 4 && !(status.mode & 0o444)) fail(Errno.EACCES);
  }

  readlink(path: string): string {
    const madeUp = this.madeUp.readlink(normalise(path));
    if (madeUp !== undefined) return madeUp;
    const root = this.needRoot();
    const place = this.existing(path, false);
    if (place.kind !== "link") fail(Errno.EINVAL);
    return host(() => root.files.readlink(place.host));
  }

  changeDirectory(path: string): void {
    const place = this.existing(path, true);
    if (place.kind !== "directory") fail(Errno.ENOTDIR);
    this.currentPath = place.path;
  }

  makeDirectory(path: string, permissions: number): void {
    const root = this.needRoot();
    const place = this.resolve(path, false);
    if (place.kind !== undefined) fail(Errno.EEXIST);
    this.needWritable();
    host(() => root.files.mkdir(place.host, permissions & 0o777 & ~this.umask));
  }

  /** unlink(2), or rmdir(2) with AtFlag.RemoveDirectory. */
  remove(path: string, flags: number): void {
    const root = this.needRoot();
    const place = this.existing(path, false);
    const directory = (flags & AtFlag.RemoveDirectory) !== 0;
    if (place.path === "/") fail(Errno.EBUSY);
    if (directory && place.kind !== "directory") fail(Errno.ENOTDIR);
    if (!directory && place.kind === "directory") fail(Errno.EISDIR);
    if (!directory && place.mustBeDirectory) fail(Errno.ENOTDIR);
    this.needWritable();
    host(() => (directory ? root.files.rmdir(place.host) : root.files.unlink(place.host)));
  }

  rename(from: string, to: string, noReplace: boolean): void {
    const root = this.needRoot();
    const source = this.existing(from, false);
    const target = this.resolve(to, false);
    if (noReplace && target.kind !== undefined) fail(Errno.EEXIST);
    if (source.path === "/" || target.path === "/") fail(Errno.EBUSY);
    if (target.path.startsWith(`${source.path}/`)) fail(Errno.EINVAL);
    this.needWritable();
    host(() => root.files.rename(source.host, target.host));
  }

  truncate(path: string, length: number): void {
    const file = this.open(path, OpenFlag.WriteOnly, 0);
    try {
      host(() => file.truncate(length));
    } finally {
      file.close();
    }
  }

  setPermissions(path: string, permissions: number): void {
    const root = this.needRoot();
    const place = this.existing(path, true);
    this.needWritable();
    host(() => root.files.setPermissions(place.host, permissions & 0o7777));
  }

  setTimes(path: string, accessed: bigint, modified: bigint, followLast: boolean): void {
    const root = this.needRoot();
    const place = this.existing(path, followLast);
    this.needWritable();
    host(() => root.files.setTimes(place.host, accessed, modified));
  }

  private needRoot(): Root {
    return this.root ?? fail(Errno.ENOENT);
  }

  private needWritable(): void {
    if (!this.writable) fail(Errno.EROFS);
  }

  private existing(path: string, followLast: boolean): Place {
    const place = this.resolve(path, followLast);
    if (place.kind === undefined) fail(Errno.ENOENT);
    if (place.mustBeDirectory && place.kind !== "directory") fail(Errno.ENOTDIR);
    return place;
  }

  private resolve(path: string, followLast: boolean): Place {
    const root = this.needRoot();
    const rest = path.split("/").filter((part) => part !== "");
    const mustBeDirectory = /\/\.?$/.test(path);
    const walked: string[] = [];
    let links = 0;
    let last = this.look(root, walked);
    while (rest.length > 0) {
      if (last.kind === undefined) fail(Errno.ENOENT);
      if (last.kind !== "directory") fail(Errno.ENOTDIR);
      const name = rest.shift()!;
      if (name === ".") continue;
      if (name === "..") {
        walked.pop();
        last = this.look(root, walked);
        continue;
      }
      if (new TextEncoder().encode(name).length > NAME_MAX) fail(Errno.ENAMETOOLONG);
      if (root.backslash && /[\\:]/.test(name)) fail(Errno.ENOENT);
      walked.push(name);
      last = this.look(root, walked);
      if (last.kind !== "link" || (rest.length === 0 && !followLast && !mustBeDirectory)) continue;
      if (++links > LINK_LIMIT) fail(Errno.ELOOP);
      const target = host(() => root.files.readlink(last.host));
      if (target === "") fail(Errno.ENOENT);
      // An absolute link starts at the guest's root, a relative one where the link is.
      walked.splice(target.startsWith("/") ? 0 : walked.length - 1);
      rest.unshift(...target.split("/").filter((part) => part !== ""));
      last = this.look(root, walked);
    }
    return { ...last, mustBeDirectory };
  }

  private look(root: Root, parts: readonly string[]): Place {
    const path = `/${parts.join("/")}`;
    const place = { path, host: parts.length > 0 ? root.path + path : root.path || "/", mustBeDirectory: false };
    try {
      const stat = root.files.stat(place.host, false);
      return { ...place, status: statusOfHost(stat), kind: stat.kind };
    } catch (error) {
      if (!(error instanceof HostError)) throw error;
      if (error.code !== "ENOENT") throw new LinuxError(errnoByName(error.code));
      return { ...place, status: undefined, kind: undefined };
    }
  }

  private directory(place: Place): Directory {
    const root = this.needRoot();
    const describe = () => host(() => statusOfHost(root.files.stat(place.host, false)));
    const list = (): DirectoryEntry[] => {
      const inode = place.status!.inode;
      const dots = [".", ".."].map((name) => ({ name, inode, type: EntryType.Directory }));
      const names = host(() => root.files.list(place.host)).sort();
      const entries = names.map((name): DirectoryEntry => {
        const { status, kind } = this.look(root, [...place.path.split("/").filter(Boolean), name]);
        const type = kind && kind in entryTypes ? entryTypes[kind as keyof typeof entryTypes] : EntryType.Unknown;
        return { name, inode: status?.inode ?? 0, type };
      });
      return [...dots, ...entries];
    };
    return new Directory(place.path, describe, list);
  }
}

/** An absolute path without `.`, `..` and doubled slashes, links not looked at. */
export function normalise(path: string): string {
  const parts: string[] = [];
  for (const part of path.split("/")) {
    if (part === "..") parts.pop();
    else if (part !== "" && part !== ".") parts.push(part);
  }
  return `/${parts.join("/")}`;
}

/** The canonical path of the folder that is to be the guest's root. @throws Error when it is none. */
function grantedFolder(files: HostFiles, folder: string): string {
  try {
    const path = files.realpath(folder);
    if (files.stat(path, true).kind === "directory") return path;
  } catch (error) {
    if (!(error instanceof HostError)) throw error;
    throw new Error(`root: "${folder}" cannot be used as the guest's root: ${error.code}`);
  }
  throw new Error(`root: "${folder}" is not a folder`);
}
