// The guest's memory as a system call sees it: every pointer checked, EFAULT for a bad one.
import { Access } from "../../ir/exits.ts";
import type { GuestMemory } from "../memory.ts";
import { Errno, fail } from "./errno.ts";

/** Longest path with its NUL. */
const PATH_MAX = 4096;

const utf8 = new TextDecoder();
const utf8Encoder = new TextEncoder();

/** Text as the guest's bytes, with a NUL at the end. */
export function cString(text: string): Uint8Array {
  return utf8Encoder.encode(`${text}\0`);
}

/** A C structure being filled in: `size` zero bytes and a view on them. */
export class Structure {
  readonly bytes: Uint8Array;
  private readonly view: DataView;

  constructor(source: number | Uint8Array) {
    this.bytes = typeof source === "number" ? new Uint8Array(source) : source;
    this.view = new DataView(this.bytes.buffer, this.bytes.byteOffset, this.bytes.byteLength);
  }

  u16(offset: number, value: number): this {
    this.view.setUint16(offset, value, true);
    return this;
  }

  u32(offset: number, value: number): this {
    this.view.setUint32(offset, value, true);
    return this;
  }

  u64(offset: number, value: bigint | number): this {
    this.view.setBigUint64(offset, BigInt.asUintN(64, BigInt(value)), true);
    return this;
  }

  set(offset: number, data: Uint8Array): this {
    this.bytes.set(data, offset);
    return this;
  }

  getU16(offset: number): number {
    return this.view.getUint16(offset, true);
  }

  getI32(offset: number): number {
    return this.view.getInt32(offset, true);
  }

  getU32(offset: number): number {
    return this.view.getUint32(offset, true);
  }

  getU64(offset: number): bigint {
    return this.view.getBigUint64(offset, true);
  }

  getI64(offset: number): bigint {
    return this.view.getBigInt64(offset, true);
  }
}

export class UserMemory {
  constructor(private readonly memory: GuestMemory) {}

  /** A copy of guest bytes. */
  read(address: bigint, length: number): Uint8Array {
    if (length > 0 && this.memory.check(address, length, Access.Load)) fail(Errno.EFAULT);
    return length > 0 ? this.memory.read(address, length) : new Uint8Array(0);
  }

  structure(address: bigint, size: number): Structure {
    return new Structure(this.read(address, size));
  }

  write(address: bigint, data: Uint8Array | Structure): void {
    const bytes = data instanceof Structure ? data.bytes : data;
    this.needWritable(address, bytes.length);
    if (bytes.length > 0) this.memory.write(address, bytes);
  }

  /** EFAULT unless the range may be written: asked before work that cannot be undone. */
  needWritable(address: bigint, length: number): void {
    if (length > 0 && this.memory.check(address, length, Access.Store)) fail(Errno.EFAULT);
  }

  /** A NUL-terminated path, decoded from UTF-8. */
  path(address: bigint): string {
    const page = 4096n;
    const parts: number[] = [];
    for (let at = address; parts.length < PATH_MAX; ) {
      const chunk = this.read(at, Number(page - (at % page)));
      const end = chunk.indexOf(0);
      parts.push(...(end < 0 ? chunk : chunk.subarray(0, end)));
      if (end >= 0) {
        if (parts.length >= PATH_MAX) break;
        return utf8.decode(new Uint8Array(parts));
      }
      at += BigInt(chunk.length);
    }
    return fail(Errno.ENAMETOOLONG);
  }
}
