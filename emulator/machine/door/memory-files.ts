// Host files that exist in memory only: for tests, and for guests that may scribble without a disk.
import { HostError, type HostFiles, type HostStat } from "../api.ts";

/** What can be set of every entry. */
interface Attributes {
  permissions?: number;
  accessed?: bigint;
  modified?: bigint;
}

interface FileNode extends Attributes {
  kind: "file";
  inode: number;
  data: Uint8Array;
}

interface DirectoryNode extends Attributes {
  kind: "directory";
  inode: number;
  children: Map<string, Node>;
}

interface LinkNode extends Attributes {
  kind: "link";
  inode: number;
  target: string;
}

type Node = FileNode | DirectoryNode | LinkNode;

/** A tree as a literal: text or bytes for files, `{ link }` for links, `{ folder }` for folders. */
export interface MemoryTree {
  [name: string]: string | Uint8Array | { link: string } | { folder: MemoryTree };
}

export class MemoryFiles implements HostFiles {
  private lastInode = 1;
  private lastHandle = 0;
  private readonly root: DirectoryNode = { kind: "directory", inode: 1, children: new Map() };
  private readonly handles = new Map<number, FileNode>();

  /** The tree becomes `/`. */
  constructor(tree: MemoryTree = {}) {
    this.fill(this.root, tree);
  }

  private fill(directory: DirectoryNode, tree: MemoryTree): void {
    for (const [name, value] of Object.entries(tree)) {
      const inode = ++this.lastInode;
      if (typeof value === "string")
        directory.children.set(name, { kind: "file", inode, data: new TextEncoder().encode(value) });
      else if (value instanceof Uint8Array) directory.children.set(name, { kind: "file", inode, data: value.slice() });
      else if ("link" in value) directory.children.set(name, { kind: "link", inode, target: value.link as string });
      else {
        const child: DirectoryNode = { kind: "directory", inode, children: new Map() };
        directory.children.set(name, child);
        this.fill(child, value.folder as MemoryTree);
      }
    }
  }

  /** The node at a path without links in it, or undefined. */
  private find(path: string): Node | undefined {
    let node: Node | undefined = this.root;
    for (const part of path.split("/").filter(Boolean)) {
      if (node?.kind !== "directory") throw new HostError(node ? "ENOTDIR" : "ENOENT");
      node = node.children.get(part);
    }
    return node;
  }

  private get(path: string): Node {
    const node = this.find(path);
    if (!node) throw new HostError("ENOENT", `${path} does not exist`);
    return node;
  }

  private parent(path: string): { directory: DirectoryNode; name: string } {
    const parts = path.split("/").filter(Boolean);
    const name = parts.pop();
    const directory = this.get(`/${parts.join("/")}`);
    if (directory.kind !== "directory" || name === undefined) throw new HostError("ENOTDIR");
    return { directory, name };
  }

  private file(handle: number): FileNode {
    const file = this.handles.get(handle);
    if (!file) throw new HostError("EBADF");
    return file;
  }

  realpath(path: string): string {
    this.get(path);
    return `/${path.split("/").filter(Boolean).join("/")}`;
  }

  open(path: string, mode: Parameters<HostFiles["open"]>[1]): number {
    let node = this.find(path);
    if (!node) {
      if (!mode.create) throw new HostError("ENOENT");
      node = { kind: "file", inode: ++this.lastInode, data: new Uint8Array(0) };
      const { directory, name } = this.parent(path);
      directory.children.set(name, node);
    } else if (mode.exclusive) throw new HostError("EEXIST");
    if (node.kind !== "file") throw new HostError(node.kind === "link" ? "ELOOP" : "EISDIR");
    if (mode.truncate) node.data = new Uint8Array(0);
    this.handles.set(++this.lastHandle, node);
    return this.lastHandle;
  }

  close(handle: number): void {
    this.file(handle);
    this.handles.delete(handle);
  }

  read(handle: number, length: number, position: number): Uint8Array {
    return this.file(handle).data.slice(position, position + length);
  }

  write(handle: number, data: Uint8Array, position: number): number {
    const file = this.file(handle);
    if (position + data.length > file.data.length) this.truncate(handle, position + data.length);
    file.data.set(data, position);
    return data.length;
  }

  truncate(handle: number, length: number): void {
    const file = this.file(handle);
    const resized = new Uint8Array(length);
    resized.set(file.data.subarray(0, length));
    file.data = resized;
  }

  stat(path: string): HostStat {
    return describe(this.get(path));
  }

  fstat(handle: number): HostStat {
    return describe(this.file(handle));
  }

  list(path: string): string[] {
    const node = this.get(path);
    if (node.kind !== "directory") throw new HostError("ENOTDIR");
    return [...node.children.keys()];
  }

  mkdir(path: string): void {
    const { directory, name } = this.parent(path);
    if (directory.children.has(name)) throw new HostError("EEXIST");
    directory.children.set(name, { kind: "directory", inode: ++this.lastInode, children: new Map() });
  }

  unlink(path: string): void {
    const { directory, name } = this.parent(path);
    const node = this.get(path);
    if (node.kind === "directory") throw new HostError("EISDIR");
    directory.children.delete(name);
  }

  rmdir(path: string): void {
    const { directory, name } = this.parent(path);
    const node = this.get(path);
    if (node.kind !== "directory") throw new HostError("ENOTDIR");
    if (node.children.size > 0) throw new HostError("ENOTEMPTY");
    directory.children.delete(name);
  }

  rename(from: string, to: string): void {
    const node = this.get(from);
    const target = this.find(to);
    if (target === node) return;
    if (target?.kind === "directory") {
      if (node.kind !== "directory") throw new HostError("EISDIR");
      if (target.children.size > 0) throw new HostError("ENOTEMPTY");
    } else if (target && node.kind === "directory") throw new HostError("ENOTDIR");
    const [source, place] = [this.parent(from), this.parent(to)];
    source.directory.children.delete(source.name);
    place.directory.children.set(place.name, node);
  }

  readlink(path: string): string {
    const node = this.get(path);
    if (node.kind !== "link") throw new HostError("EINVAL");
    return node.target;
  }

  setPermissions(target: string | number, permissions: number): void {
    this.node(target).permissions = permissions;
  }

  setTimes(target: string | number, accessed: bigint, modified: bigint): void {
    Object.assign(this.node(target), { accessed, modified });
  }

  private node(target: string | number): Node {
    return typeof target === "number" ? this.file(target) : this.get(target);
  }
}

function describe(node: Node): HostStat {
  const size = node.kind === "file" ? node.data.length : node.kind === "link" ? node.target.length : 4096;
  return {
    kind: node.kind,
    size,
    permissions: node.permissions ?? (node.kind === "file" ? 0o644 : 0o755),
    inode: node.inode,
    links: 1,
    modified: node.modified ?? 0n,
    accessed: node.accessed ?? 0n,
    changed: 0n,
  };
}
