// Seeded random numbers and values, so that a failing stream can be made again from its seed.
import { FLOAT_CORNERS } from "../ir/testing/float-corners.ts";
import { randomFrom } from "../ir/testing/random-block.ts";

export class Random {
  private readonly next: () => number;

  constructor(seed: number) {
    this.next = randomFrom(seed);
  }

  /** 32 random bits. */
  bits(): number {
    return this.next() * 2 ** 32;
  }

  /** The same numbers as a function. */
  source(): () => number {
    return () => this.bits();
  }

  /** 0 <= result < bound. */
  below(bound: number): number {
    return Math.floor(this.next() * bound);
  }

  pick<T>(items: readonly T[]): T {
    return items[this.below(items.length)];
  }

  chance(probability: number): boolean {
    return this.next() < probability;
  }

  /** 64 bits in the low and high half, often a corner case of integers or floats. */
  interesting64(): bigint {
    const corner = this.pick(corners);
    switch (this.below(5)) {
      case 0:
        return (BigInt(this.bits()) << 32n) | BigInt(this.bits());
      case 1:
        return corner;
      case 2:
        return BigInt.asUintN(64, corner + BigInt(this.below(5) - 2));
      case 3:
        return 0xffffffff00000000n | BigInt(this.pick(floatCorners)); // a NaN-boxed single
      default:
        return 0xffffffffffff0000n | this.pick(FLOAT_CORNERS.f16); // a NaN-boxed half
    }
  }
}

const floatCorners = [
  0, 0x80000000, 1, 0x007fffff, 0x00800000, 0x3f800000, 0xbf800000, 0x3f800001, 0x7f7fffff, 0x7f800000, 0xff800000,
  0x7fc00000, 0x7f800001, 0x4f000000, 0xcf000000, 0x5f000000, 0x4b800001, 0x33800000,
];

const corners = [
  0n,
  1n,
  0xffffffffffffffffn,
  0x7fffffffffffffffn,
  0x8000000000000000n,
  0x7fffffffn,
  0x80000000n,
  0xffffffffn,
  0xffffffff80000000n,
  0x3ff0000000000000n,
  0xbff0000000000001n,
  0x0010000000000000n,
  0x000fffffffffffffn,
  0x7fefffffffffffffn,
  0x7ff0000000000000n,
  0xfff0000000000000n,
  0x7ff8000000000000n,
  0x7ff0000000000001n,
  0x43e0000000000000n,
  0xc3e0000000000000n,
  0x41dfffffffc00000n,
  0x4330000000000001n,
  0x3ca0000000000000n,
];
