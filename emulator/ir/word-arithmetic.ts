// Arithmetic that 32-bit words are no good for, or that JavaScript does not have.

/** The upper 64 bits of a product of signed values, either of which may be taken as unsigned. */
export function highProduct(a: bigint, b: bigint, aSigned: boolean, bSigned: boolean): bigint {
  return ((aSigned ? a : BigInt.asUintN(64, a)) * (bSigned ? b : BigInt.asUintN(64, b))) >> 64n;
}

/** x / 0 = -1; the result is taken modulo 2^64. */
export function divide(a: bigint, b: bigint, signed: boolean): bigint {
  if (b === 0n) return -1n;
  return signed ? a / b : BigInt.asUintN(64, a) / BigInt.asUintN(64, b);
}

/** x % 0 = x. */
export function remainder(a: bigint, b: bigint, signed: boolean): bigint {
  if (b === 0n) return a;
  return signed ? a % b : BigInt.asUintN(64, a) % BigInt.asUintN(64, b);
}

/** Bits set in 32. */
export function popcnt(word: number): number {
  const pairs = word - ((word >>> 1) & 0x55555555);
  const nibbles = (pairs & 0x33333333) + ((pairs >>> 2) & 0x33333333);
  return Math.imul((nibbles + (nibbles >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}

/** The four bytes in the opposite order. */
export function bswap(word: number): number {
  return (word << 24) | ((word & 0xff00) << 8) | ((word >>> 8) & 0xff00) | (word >>> 24);
}
