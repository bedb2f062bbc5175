// The value of operations on constants. Values are signed 64-bit, as in `const`.
import type { BinaryName, Op, UnaryName } from "../types.ts";

const signed = (value: bigint) => BigInt.asIntN(64, value);
const unsigned = (value: bigint) => BigInt.asUintN(64, value);
const bit = (condition: boolean) => (condition ? 1n : 0n);

const CANONICAL_NAN32 = 0x7fc0_0000n;

export function evaluateUnary(op: UnaryName, a: bigint): bigint {
  switch (op) {
    case "sext8":
      return BigInt.asIntN(8, a);
    case "sext16":
      return BigInt.asIntN(16, a);
    case "sext32":
      return BigInt.asIntN(32, a);
    case "zext8":
      return BigInt.asUintN(8, a);
    case "zext16":
      return BigInt.asUintN(16, a);
    case "zext32":
      return BigInt.asUintN(32, a);
    case "clz":
      return 64n - bitsOf(unsigned(a));
    case "ctz":
      return a === 0n ? 64n : bitsOf(unsigned(a & -a)) - 1n;
    case "popcnt": {
      let count = 0n;
      for (let rest = unsigned(a); rest; rest &= rest - 1n) count++;
      return count;
    }
    case "bswap": {
      let result = 0n;
      for (let i = 0n; i < 64n; i += 8n) result = (result << 8n) | ((a >> i) & 0xffn);
      return signed(result);
    }
    case "box32":
      return (-1n << 32n) | BigInt.asUintN(32, a);
    case "unbox32":
      return a >> 32n === -1n ? BigInt.asUintN(32, a) : CANONICAL_NAN32;
  }
}

export function evaluateBinary(op: BinaryName, a: bigint, b: bigint): bigint {
  return signed(exactly(op, a, b));
}

/** Before reduction to 64 bits. */
function exactly(op: BinaryName, a: bigint, b: bigint): bigint {
  switch (op) {
    case "add":
      return a + b;
    case "sub":
      return a - b;
    case "mul":
      return a * b;
    case "mulhs":
      return (a * b) >> 64n;
    case "mulhu":
      return (unsigned(a) * unsigned(b)) >> 64n;
    case "mulhsu":
      return (a * unsigned(b)) >> 64n;
    case "divs":
      return b === 0n ? -1n : a / b;
    case "divu":
      return b === 0n ? -1n : unsigned(a) / unsigned(b);
    case "rems":
      return b === 0n ? a : a % b;
    case "remu":
      return b === 0n ? a : unsigned(a) % unsigned(b);
    case "and":
      return a & b;
    case "or":
      return a | b;
    case "xor":
      return a ^ b;
    case "shl":
      return a << (b & 63n);
    case "shr":
      return unsigned(a) >> (b & 63n);
    case "sar":
      return a >> (b & 63n);
    case "rotr":
      return (unsigned(a) >> (b & 63n)) | (unsigned(a) << (-b & 63n));
    case "rotr32": {
      const word = BigInt.asUintN(32, a);
      return BigInt.asIntN(32, (word >> (b & 31n)) | (word << (-b & 31n)));
    }
    case "clmul":
      return carrylessProduct(unsigned(a), unsigned(b));
    case "clmulr":
      return carrylessProduct(unsigned(a), unsigned(b)) >> 63n;
    case "eq":
      return bit(a === b);
    case "ne":
      return bit(a !== b);
    case "lts":
      return bit(a < b);
    case "ltu":
      return bit(unsigned(a) < unsigned(b));
    case "ges":
      return bit(a >= b);
    case "geu":
      return bit(unsigned(a) >= unsigned(b));
  }
}

function carrylessProduct(a: bigint, b: bigint): bigint {
  let product = 0n;
  for (let shifted = a, rest = b; rest; shifted <<= 1n, rest >>= 1n) if (rest & 1n) product ^= shifted;
  return product;
}

/** Bits of an unsigned value: 0 for 0. */
function bitsOf(value: bigint): bigint {
  return value === 0n ? 0n : BigInt(value.toString(2).length);
}

/** By how much a shift with this operand shifts, where that is a constant. */
export function shiftAmount(amount: Op | undefined): number | undefined {
  return amount?.op === "const" ? Number(amount.value & 63n) : undefined;
}
