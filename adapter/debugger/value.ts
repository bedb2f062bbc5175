// A value: a type, and bits at a location of some frame. Reads and writes them, wherever they are.
import type { Location, LocationContext, Member, Type } from "../symbols/index.ts";
import type { Registers } from "./registers.ts";
import type { Target } from "./target.ts";
import { hex } from "./text.ts";
import { sizeOf } from "./types.ts";

/** A value that cannot be had, and why: `optimized out`, `cannot read memory at 0x10`. */
export class Unavailable extends Error {}

export interface Value {
  readonly type: Type;
  readonly location: Location;
  /** First bit of the value within the location, and its width when it is not the type's. */
  readonly bitOffset: number;
  readonly bitSize: number | undefined;
  /** Registers of the frame in which the value was found; undefined: none are needed. */
  readonly frame: LocationContext | undefined;
}

/** Most bytes that one value may have when it is read as a whole. */
const MAX_BYTES = 1 << 20;

export const memoryValue = (type: Type, address: bigint): Value => ({
  type,
  location: { kind: "memory", address: BigInt.asUintN(64, address) },
  bitOffset: 0,
  bitSize: undefined,
  frame: undefined,
});

export const bytesValue = (type: Type, bytes: Uint8Array): Value => ({
  type,
  location: { kind: "value", bytes },
  bitOffset: 0,
  bitSize: undefined,
  frame: undefined,
});

/** A result without a place: the low bytes of `value` in the type's size. */
export function integerValue(type: Type, value: bigint): Value {
  return bytesValue(type, toBytes(value, sizeOf(type) ?? 8));
}

/** A part of a value: a member or an element. */
export function part(value: Value, type: Type, byteOffset: number, bitOffset = 0, bitSize?: number): Value {
  return { ...value, type, bitOffset: value.bitOffset + byteOffset * 8 + bitOffset, bitSize };
}

/** The run-time address of a value; undefined when it is not in memory or is a bit field. */
export function addressOf(value: Value): bigint | undefined {
  if (value.location.kind !== "memory" || value.bitSize !== undefined) return undefined;
  return BigInt.asUintN(64, value.location.address + BigInt(value.bitOffset >> 3));
}

export function toBytes(value: bigint, length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  for (let i = 0, rest = value; i < length; i++, rest >>= 8n) bytes[i] = Number(rest & 0xffn);
  return bytes;
}

export function fromBytes(bytes: Uint8Array): bigint {
  let value = 0n;
  for (let i = bytes.length - 1; i >= 0; i--) value = (value << 8n) | BigInt(bytes[i]);
  return value;
}

/** Whoever writes for the user. */
export interface Writer {
  writeRegister(index: number, value: bigint): Promise<void>;
  /** Bytes written. */
  writeMemory(address: bigint, data: Uint8Array): Promise<number>;
}

export class ValueAccess {
  private readonly target: Target;
  private readonly registers: Registers;
  private readonly writer: Writer;

  constructor(target: Target, registers: Registers, writer: Writer) {
    this.writer = writer;
    this.target = target;
    this.registers = registers;
  }

  /** Bits a value has; throws Unavailable when its type does not say. */
  width(value: Value): number {
    const bytes = sizeOf(value.type);
    if (value.bitSize !== undefined) return value.bitSize;
    if (bytes === undefined) throw new Unavailable("the type has no known size");
    if (bytes > MAX_BYTES) throw new Unavailable(`the value is too large (${bytes} bytes) to be read as a whole`);
    return bytes * 8;
  }

  /** The value's bytes, little-endian; bit fields zero-extended. Throws Unavailable. */
  read(value: Value): Uint8Array {
    return this.readBits(value.location, value.bitOffset, this.width(value), value.frame);
  }

  /** Writes all bits of a value. Throws Unavailable when it has no place that can be written. */
  async write(value: Value, bytes: Uint8Array): Promise<void> {
    await this.writeBits(value.location, value.bitOffset, this.width(value), bytes, value.frame);
  }

  /** A member of a record value. Throws Unavailable for virtual bases, which only an object in memory can tell. */
  member(value: Value, member: Member): Value {
    if (member.offset !== undefined) return part(value, member.type, member.offset, member.bitOffset, member.bitSize);
    throw new Unavailable("a virtual base whose place is known at run time only");
  }

  private readBits(location: Location, offset: number, width: number, frame: LocationContext | undefined): Uint8Array {
    switch (location.kind) {
      case "memory": {
        const address = BigInt.asUintN(64, location.address + BigInt(offset >> 3));
        const length = (width + (offset & 7) + 7) >> 3;
        const bytes = this.target.readMemory(address, length);
        if (bytes.length < length)
          throw new Unavailable(`cannot read memory at ${hex(address + BigInt(bytes.length))}`);
        return extract(bytes, offset & 7, width);
      }
      case "register": {
        const value = frame?.readRegister(location.register);
        if (value === undefined) throw new Unavailable("optimized out: its register was not saved");
        return extract(toBytes(value, Math.max(8, (offset + width + 7) >> 3)), offset, width);
      }
      case "value":
        if (offset + width > location.bytes.length * 8) {
          const padded = new Uint8Array((offset + width + 7) >> 3);
          padded.set(location.bytes);
          return extract(padded, offset, width);
        }
        return extract(location.bytes, offset, width);
      case "optimizedOut":
        throw new Unavailable("optimized out");
      case "pieces": {
        let result = 0n;
        for (const { piece, from, to, start } of overlapping(location.pieces, offset, width)) {
          const bits = this.readBits(piece.location, piece.bitOffset + from - start, to - from, frame);
          result |= fromBytes(bits) << BigInt(from - offset);
        }
        return toBytes(result, (width + 7) >> 3);
      }
    }
  }

  private async writeBits(
    location: Location,
    offset: number,
    width: number,
    bytes: Uint8Array,
    frame: LocationContext | undefined,
  ): Promise<void> {
    switch (location.kind) {
      case "memory": {
        const address = BigInt.asUintN(64, location.address + BigInt(offset >> 3));
        const length = (width + (offset & 7) + 7) >> 3;
        const old = this.target.readMemory(address, length);
        const data = insert(old, offset & 7, width, bytes, length);
        const written = await this.writer.writeMemory(address, data);
        if (written < length) throw new Unavailable(`cannot write memory at ${hex(address + BigInt(written))}`);
        return;
      }
      case "register": {
        const index = this.registers.byDwarf.get(location.register);
        const old = frame?.readRegister(location.register);
        if (index === undefined || old === undefined) throw new Unavailable("its register was not saved");
        if (this.target.readRegisters()[index] !== old)
          throw new Unavailable(
            "it is in a register that a called function has saved: it can be set in the innermost frame",
          );
        const data = insert(toBytes(old, 8), offset, width, bytes, 8);
        await this.writer.writeRegister(index, fromBytes(data));
        return;
      }
      case "pieces":
        for (const { piece, from, to, start } of overlapping(location.pieces, offset, width)) {
          const bits = extract(bytes, from - offset, to - from);
          await this.writeBits(piece.location, piece.bitOffset + from - start, to - from, bits, frame);
        }
        return;
      case "value":
        throw new Unavailable("it is a computed value and has no place");
      case "optimizedOut":
        throw new Unavailable("it is optimized out");
    }
  }
}

type Pieces = Extract<Location, { kind: "pieces" }>["pieces"];

/** The pieces that hold bits [offset, offset + width): from and to are the bits held, start the piece's first. */
function overlapping(pieces: Pieces, offset: number, width: number) {
  let start = 0;
  const found: { piece: Pieces[number]; from: number; to: number; start: number }[] = [];
  for (const piece of pieces) {
    const from = Math.max(offset, start);
    const to = Math.min(offset + width, start + piece.bitSize);
    if (from < to) found.push({ piece, from, to, start });
    start += piece.bitSize;
  }
  if (start < offset + width) throw new Unavailable("optimized out in part");
  return found;
}

function extract(bytes: Uint8Array, offset: number, width: number): Uint8Array {
  if (offset % 8 === 0 && width % 8 === 0) return bytes.slice(offset >> 3, (offset + width) >> 3);
  const value = BigInt.asUintN(width, fromBytes(bytes) >> BigInt(offset));
  return toBytes(value, (width + 7) >> 3);
}

function insert(old: Uint8Array, offset: number, width: number, bytes: Uint8Array, length: number): Uint8Array {
  if (offset === 0 && width === length * 8) return bytes.slice(0, length);
  const mask = ((1n << BigInt(width)) - 1n) << BigInt(offset);
  return toBytes((fromBytes(old) & ~mask) | ((fromBytes(bytes) << BigInt(offset)) & mask), length);
}
