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

/** Bits 63 to 0 of the carry-less product of (al, ah) and (bl, bh), into the two words at `at`. */
export function carrylessLow(words: Int32Array, at: number, al: number, ah: number, bl: number, bh: number): void {
  let lo = 0;
  let hi = 0;
  // A shift by 32 - i in two steps, because one by 32 would shift by 0.
  for (let i = 0; i < 32; i++) {
    const low = -((bl >>> i) & 1);
    const high = -((bh >>> i) & 1);
    lo ^= (al << i) & low;
    hi ^= (((ah << i) | ((al >>> (31 - i)) >>> 1)) & low) ^ ((al << i) & high);
  }
  words[at] = lo;
  words[at + 1] = hi;
}

/** Bits 126 to 63: what the low bits are when everything is written the other way round. */
export function carrylessHigh(words: Int32Array, at: number, al: number, ah: number, bl: number, bh: number): void {
  carrylessLow(words, at, reversed(ah), reversed(al), reversed(bh), reversed(bl));
  const lo = words[at];
  words[at] = reversed(words[at + 1]);
  words[at + 1] = reversed(lo);
}

/** The 32 bits in the opposite order. */
function reversed(word: number): number {
  const pairs = ((word >>> 1) & 0x55555555) | ((word & 0x55555555) << 1);
  const nibbles = ((pairs >>> 2) & 0x33333333) | ((pairs & 0x33333333) << 2);
  return bswap(((nibbles >>> 4) & 0x0f0f0f0f) | ((nibbles & 0x0f0f0f0f) << 4));
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
