// What a plugin's view gave, looked at before anything is made of it: a value that is not what the API says is a
// TypeError that names the view and the field.
import type { Figure } from "../view-data.ts";

/** A view and a part of it, as messages name them: `graph "Flow": edge 3: count`. */
export class Given {
  constructor(private readonly name: string) {}

  /** A part of this. The text is only put together for a message. */
  part(name: string): Given {
    return new Given(`${this.name}: ${name}`);
  }

  fail(expected: string, value: unknown): never {
    throw new TypeError(`${this.name} must be ${expected}, not ${described(value)}`);
  }

  /** Found out while reading: there is no value to show. */
  reject(fault: string): never {
    throw new RangeError(`${this.name} ${fault}`);
  }

  iterable(value: unknown): Iterable<unknown> {
    const isIterable =
      typeof value === "object" &&
      value !== null &&
      typeof (value as Partial<Iterable<unknown>>)[Symbol.iterator] === "function";
    return isIterable ? (value as Iterable<unknown>) : this.fail("an iterable", value);
  }

  object(value: unknown): Readonly<Record<string, unknown>> {
    return typeof value === "object" && value !== null
      ? (value as Record<string, unknown>)
      : this.fail("an object", value);
  }

  text(field: string, value: unknown): string {
    if (typeof value !== "string") return this.part(field).fail("a string", value);
    return value.length > MAX_TEXT ? `${value.slice(0, MAX_TEXT)}…` : value;
  }

  /** A whole number or a fraction that is not negative. */
  amount(field: string, value: unknown): bigint | number {
    if (typeof value !== "bigint" && typeof value !== "number")
      return this.part(field).fail("a bigint or a number", value);
    if (!(value >= 0) || value === Number.POSITIVE_INFINITY)
      return this.part(field).fail("finite and not negative", value);
    return value;
  }

  /** A number with a sign. */
  quantity(field: string, value: unknown): bigint | number {
    if (typeof value === "bigint") return value;
    if (typeof value !== "number") return this.part(field).fail("a bigint or a number", value);
    return Number.isFinite(value) ? value : this.part(field).fail("finite", value);
  }

  /** A whole number that is not negative. */
  whole(field: string, value: unknown): bigint {
    const isWhole = typeof value === "bigint" || Number.isInteger(value);
    if (!isWhole || (value as number) < 0) return this.part(field).fail("a whole number that is not negative", value);
    return BigInt(value as bigint | number);
  }

  /** A guest address as data. */
  address(field: string, value: unknown): string {
    const isAddress = typeof value === "bigint" && value >= 0n && value < 1n << 64n;
    return isAddress
      ? addressText(value)
      : this.part(field).fail("an address, which is an unsigned 64-bit bigint", value);
  }

  optionalAddress(field: string, value: unknown): { address?: string } {
    return value === undefined ? {} : { address: this.address(field, value) };
  }
}

/** Characters of one text at most. */
const MAX_TEXT = 10_000;

export const addressText = (address: bigint) => `0x${BigInt.asUintN(64, address).toString(16)}`;

/** As JSON can hold it: a number where that is exact. */
export function figure(value: bigint | number): Figure {
  if (typeof value === "number") return value;
  const isExact = value >= BigInt(Number.MIN_SAFE_INTEGER) && value <= BigInt(Number.MAX_SAFE_INTEGER);
  return isExact ? Number(value) : String(value);
}

function described(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  if (typeof value === "string") return value.length > 40 ? "a string" : JSON.stringify(value);
  if (typeof value === "bigint") return `${value}n`;
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  return typeof value === "object" ? "an object" : `a ${typeof value}`;
}
