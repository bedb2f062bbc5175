// Values as text, the way C programmers read them: `65 'A'`, `0x10234 "name"`, `{x = 1, y = 2}`, `(READY | 0x8)`.
import type { BaseType, EnumType, Member, RecordType, Symbols, Type } from "../symbols/index.ts";
import { formatFloat } from "./registers.ts";
import type { Target } from "./target.ts";
import { escapeCharacter, escapeString, hex, symbolText } from "./text.ts";
import {
  bare,
  elementType,
  isCharacter,
  isFloat,
  isInteger,
  isRecord,
  isReference,
  isSigned,
  sizeOf,
  typeName,
} from "./types.ts";
import { addressOf, fromBytes, memoryValue, part, Unavailable, type Value, type ValueAccess } from "./value.ts";

/** Characters of a string that are shown. */
const MAX_STRING = 200;
/** Elements of an array, or members of a struct, in a summary. */
const MAX_ITEMS = 10;
const MAX_DEPTH = 3;

export interface FormatOptions {
  /** Integers in hexadecimal. */
  hex?: boolean;
}

export class Formatter {
  private readonly target: Target;
  private readonly symbols: Symbols;
  private readonly access: ValueAccess;

  constructor(target: Target, symbols: Symbols, access: ValueAccess) {
    this.target = target;
    this.symbols = symbols;
    this.access = access;
  }

  /** Never throws: what cannot be read is said in angle brackets. */
  format(value: Value, options: FormatOptions = {}, depth = 0): string {
    try {
      return this.text(value, options, depth);
    } catch (error) {
      if (error instanceof Unavailable) return `<${error.message}>`;
      throw error;
    }
  }

  private text(value: Value, options: FormatOptions, depth: number): string {
    const type = bare(value.type);
    if (isRecord(type)) return this.record(value, type, options, depth);
    if (type.kind === "array") return this.array(value, options, depth);
    if (type.kind === "void") return "void";
    if (type.kind === "subroutine") {
      const address = addressOf(value);
      return address === undefined ? "<function>" : `${hex(address)}${this.symbolSuffix(address)}`;
    }
    const bytes = this.access.read(value);
    const bits = fromBytes(bytes);
    switch (type.kind) {
      case "pointer":
        return this.pointer(bits, type.target);
      case "reference":
      case "rvalueReference":
        return `@${hex(bits)}: ${this.format(memoryValue(type.target, bits), options, depth)}`;
      case "enum":
        return options.hex ? hex(bits) : formatEnum(type, signed(type, bits, this.access.width(value)));
      case "base":
        return formatBase(type, bits, this.access.width(value), options);
      case "memberPointer":
      case "unknown":
        return hex(bits);
    }
  }

  private pointer(address: bigint, targetType: Type): string {
    const text = hex(address);
    if (bare(targetType).kind === "subroutine") return text + this.symbolSuffix(address);
    if (address === 0n || !isCharacter(targetType)) return text;
    const string = this.string(address);
    return string === undefined ? text : `${text} "${string}"`;
  }

  private symbolSuffix(address: bigint): string {
    const symbol = this.symbols.symbolAt(BigInt.asUintN(64, address - this.target.loadBias));
    return symbol ? ` <${symbolText(symbol)}>` : "";
  }

  /** The zero-terminated string at an address; undefined when nothing is mapped there. */
  private string(address: bigint): string | undefined {
    const bytes = this.target.readMemory(address, MAX_STRING + 1);
    if (bytes.length === 0) return undefined;
    const end = bytes.indexOf(0);
    if (end >= 0) return escapeString(bytes.subarray(0, end));
    return `${escapeString(bytes.subarray(0, MAX_STRING))}...`;
  }

  private array(value: Value, options: FormatOptions, depth: number): string {
    const type = bare(value.type);
    if (type.kind !== "array") return "";
    const count = type.dimensions[0];
    const element = elementType(type);
    const size = sizeOf(element);
    if (count === undefined || size === undefined) {
      const address = addressOf(value);
      return address === undefined ? "{...}" : `${hex(address)}`;
    }
    if (isCharacter(element) && count > 0) {
      const bytes = this.access.read(
        part({ ...value, bitSize: undefined }, { ...type, dimensions: [Math.min(count, MAX_STRING)] }, 0),
      );
      // A `char` array ends at its first zero; in arrays of bytes only the zeros at the end are left out.
      const zero = bareName(element) === "char" ? bytes.indexOf(0) : -1;
      let end = zero < 0 ? bytes.length : zero;
      while (end > 0 && bytes[end - 1] === 0) end--;
      return `"${escapeString(bytes.subarray(0, end))}"${count > MAX_STRING ? "..." : ""}`;
    }
    if (depth >= MAX_DEPTH) return "{...}";
    const items: string[] = [];
    for (let i = 0; i < Math.min(count, MAX_ITEMS); i++)
      items.push(this.format(part(value, element, i * size), options, depth + 1));
    if (items.length > 0 && items.every((item) => item.startsWith("<cannot read") || item === "<optimized out>"))
      return items[0];
    return `{${[...items, ...(count > MAX_ITEMS ? ["..."] : [])].join(", ")}}`;
  }

  private record(value: Value, type: RecordType, options: FormatOptions, depth: number): string {
    if (type.byteSize === undefined) return "<incomplete type>";
    if (depth >= MAX_DEPTH) return "{...}";
    const members = this.membersOf(value, type);
    const items = members.slice(0, MAX_ITEMS).map((member) => {
      const text = this.format(this.tryMember(value, member), options, depth + 1);
      if (member.isBase) return `<${typeName(member.type)}> = ${text}`;
      return member.name === undefined ? text : `${member.name} = ${text}`;
    });
    if (items.length > 0 && members.every((_, i) => items[i]?.endsWith("<optimized out>"))) return "<optimized out>";
    return `{${[...items, ...(members.length > MAX_ITEMS ? ["..."] : [])].join(", ")}}`;
  }

  /** Members that are alive: for a Rust enum those of the variant that its discriminant tells. */
  membersOf(value: Value, type: RecordType): readonly Member[] {
    const variants = type.variants;
    if (!variants) return type.members;
    let chosen = variants.variants.find((variant) => variant.value === undefined) ?? variants.variants[0];
    if (variants.discriminant) {
      const tag = fromBytes(this.access.read(this.access.member(value, variants.discriminant)));
      chosen = variants.variants.find((variant) => variant.value === tag) ?? chosen;
    }
    return [...type.members, ...(chosen?.members ?? [])];
  }

  /** A member, or a value that says why it cannot be had. */
  tryMember(value: Value, member: Member): Value {
    try {
      return this.access.member(value, member);
    } catch (error) {
      if (!(error instanceof Unavailable)) throw error;
      return { ...value, type: member.type, location: { kind: "optimizedOut", reason: error.message } };
    }
  }
}

const bareName = (type: Type): string | undefined => {
  const t = bare(type);
  return t.kind === "base" ? t.name : undefined;
};

/** Bits of an integer type as a number. */
export function signed(type: BaseType | EnumType, bits: bigint, width: number): bigint {
  return isSigned(type) ? BigInt.asIntN(width, bits) : bits;
}

/** A float of 2, 4 or 8 bytes as a number; undefined for other formats. */
export function floatOf(bits: bigint, byteSize: number): number | undefined {
  const view = new DataView(new ArrayBuffer(8));
  view.setBigUint64(0, BigInt.asUintN(64, bits), true);
  if (byteSize === 4) return view.getFloat32(0, true);
  if (byteSize === 8) return view.getFloat64(0, true);
  return undefined;
}

function formatBase(type: BaseType, bits: bigint, width: number, options: FormatOptions): string {
  if (isFloat(type)) {
    const number = floatOf(bits, type.byteSize);
    return number === undefined ? hex(bits, width / 4) : formatFloat(number, type.byteSize === 4 ? 32 : 64);
  }
  if (type.encoding === "complex") {
    const half = type.byteSize / 2;
    const parts = [bits, bits >> BigInt(half * 8)].map((b) => floatOf(BigInt.asUintN(half * 8, b), half));
    return parts.some((p) => p === undefined)
      ? hex(bits, width / 4)
      : parts.map((p, i) => formatFloat(p!, half === 4 ? 32 : 64) + (i ? "i" : "")).join(" + ");
  }
  if (options.hex || !isInteger(type)) return hex(bits, Math.ceil(width / 4));
  if (type.encoding === "boolean") return bits === 0n ? "false" : bits === 1n ? "true" : String(bits);
  const value = signed(type, bits, width);
  if (isCharacter(type))
    return `${value} '${bits < 128n ? escapeCharacter(Number(bits), "'") : `\\${bits.toString(8)}`}'`;
  if (type.encoding === "character" && bits <= 0x10ffffn && !(bits >= 0xd800n && bits < 0xe000n))
    return `${value} '${escapeCharacter(Number(bits), "'")}'`;
  return String(value);
}

function formatEnum(type: EnumType, value: bigint): string {
  const prefix = type.isClass && type.name ? `${type.name}::` : "";
  const exact = type.enumerators.find((enumerator) => enumerator.value === value);
  if (exact) return prefix + exact.name;
  // Flags: single-bit enumerators that together make the value.
  const names: string[] = [];
  let rest = value;
  for (const { name, value: flag } of type.enumerators) {
    if (flag <= 0n || (flag & (flag - 1n)) !== 0n || (rest & flag) === 0n) continue;
    names.push(prefix + name);
    rest &= ~flag;
  }
  if (names.length === 0 || value < 0n) return String(value);
  return `(${[...names, ...(rest ? [hex(rest)] : [])].join(" | ")})`;
}

/** Where a reference leads; other values as they are. Throws Unavailable. */
export function dereferenced(value: Value, access: ValueAccess): Value {
  const type = bare(value.type);
  return isReference(type) ? memoryValue(type.target, fromBytes(access.read(value))) : value;
}
