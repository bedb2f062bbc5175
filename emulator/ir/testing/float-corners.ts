// Operands where floating point is hard: limits, neighbours of limits, ties, NaNs. As bit patterns.
import type { FloatFormat } from "../types.ts";

// biome-ignore format: rows of one subject
const f64: readonly bigint[] = [
  0x0000000000000000n, 0x8000000000000000n, // zeros
  0x0000000000000001n, 0x8000000000000001n, 0x000fffffffffffffn, 0x0008000000000000n, // subnormal
  0x0010000000000000n, 0x8010000000000000n, 0x0010000000000001n, 0x001fffffffffffffn, // smallest normal
  0x7fefffffffffffffn, 0xffefffffffffffffn, 0x7fe0000000000000n, // largest
  0x7ff0000000000000n, 0xfff0000000000000n, // infinities
  0x7ff8000000000000n, 0xfff8000000000123n, 0x7ff0000000000001n, 0xfff4000000000000n, // NaNs
  0x3ff0000000000000n, 0xbff0000000000000n, 0x3ff0000000000001n, 0x3fefffffffffffffn, // about one
  0x3fe0000000000000n, 0xbfe0000000000000n, 0x3fdfffffffffffffn, 0x3ff8000000000000n, 0x4004000000000000n, // ties to integers
  0x400921fb54442d18n, 0x3fb999999999999an, 0xc08f400000000000n, // ordinary
  0x3ca0000000000000n, 0x3c90000000000000n, 0x4340000000000000n, 0x4340000000000001n, // last places
  0x1ff0000000000000n, 0x2010000000000000n, 0x5fe0000000000000n, 0x6000000000000000n, // products at the limits
  0x41dfffffffc00000n, 0x41e0000000000000n, 0xc1e0000000000000n, 0xc1e0000000200000n, 0x41efffffffe00000n,
  0x41f0000000000000n, 0x43e0000000000000n, 0xc3e0000000000000n, 0x43dfffffffffffffn, 0x43f0000000000000n, // limits of integers
  0x47efffffe0000000n, 0x47effffff0000000n, 0x3810000000000000n, 0x380fffffffffffffn, 0x36a0000000000000n,
  0x3690000000000000n, 0x36a8000000000000n, // limits of binary32
  0x40effc0000000000n, 0x40effe0000000000n, 0x40effdffffffffffn, 0x3f10000000000000n, 0x3f0ffc0000000000n,
  0x3f0ffe0000000000n, 0x3e70000000000000n, 0x3e60000000000000n, 0x3e78000000000000n, // limits of binary16
];

// biome-ignore format: rows of one subject
const f32: readonly bigint[] = [
  0x00000000n, 0x80000000n,
  0x00000001n, 0x80000001n, 0x007fffffn, 0x00400000n,
  0x00800000n, 0x80800000n, 0x00800001n, 0x00ffffffn,
  0x7f7fffffn, 0xff7fffffn, 0x7f000000n,
  0x7f800000n, 0xff800000n,
  0x7fc00000n, 0xffc00123n, 0x7f800001n, 0xffa00000n,
  0x3f800000n, 0xbf800000n, 0x3f800001n, 0x3f7fffffn,
  0x3f000000n, 0xbf000000n, 0x3effffffn, 0x3fc00000n, 0x40200000n,
  0x40490fdbn, 0x3dcccccdn, 0xc47a0000n,
  0x33800000n, 0x33000000n, 0x4b800000n, 0x4b800001n,
  0x1f800000n, 0x20000000n, 0x5f000000n, 0x5f800000n,
  0x4effffffn, 0x4f000000n, 0xcf000000n, 0xcf000001n, 0x4f7fffffn,
  0x4f800000n, 0x5effffffn, 0xdf000000n, 0x5f7fffffn,
  0x477fe000n, 0x477ff000n, 0x477fefffn, 0x38800000n, 0x387fe000n, 0x387ff000n, 0x33c00000n, // limits of binary16
];

// biome-ignore format: rows of one subject
const f16: readonly bigint[] = [
  0x0000n, 0x8000n,
  0x0001n, 0x8001n, 0x03ffn, 0x0200n,
  0x0400n, 0x8400n, 0x0401n, 0x07ffn,
  0x7bffn, 0xfbffn, 0x7800n,
  0x7c00n, 0xfc00n,
  0x7e00n, 0xfe55n, 0x7c01n, 0xfd00n,
  0x3c00n, 0xbc00n, 0x3c01n, 0x3bffn,
  0x3800n, 0xb800n, 0x37ffn, 0x3e00n, 0x4100n,
  0x4248n, 0x2e66n, 0xe3d0n,
  0x1400n, 0x1000n, 0x6800n, 0x6801n,
  0x1c00n, 0x2000n, 0x5c00n, 0x5c01n,
];

export const FLOAT_CORNERS: Readonly<Record<FloatFormat, readonly bigint[]>> = { f16, f32, f64 };

// biome-ignore format: rows of one subject
export const INTEGER_CORNERS: readonly bigint[] = [
  0n, 1n, -1n, 2n, 3n, 100n, -12345n,
  0x7fffffffn, 0x80000000n, 0xffffffffn, -0x80000000n, 0x80000001n,
  0x1000001n, 0x1000003n, 0x7fffffbfn, 0x7fffffc0n, // ties in binary32
  2049n, 2051n, 65504n, 65519n, 65520n, -65520n, // ties and the end of binary16
  0x20000000000001n, 0x20000000000003n, 0x7ffffffffffffdffn, 0x7ffffffffffffe00n, // ties in binary64
  0x7fffffffffffffffn, -0x8000000000000000n, -0x7fffffffffffffffn, -0x400n, -0x401n,
];
