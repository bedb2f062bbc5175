/* Multiplication and division: numbers of many words, powers modulo a prime, factorial digits, 128-bit products. */
#include "bench.h"

typedef unsigned __int128 u128;
#define WORDS 32

static u64 multiply_modulo(u64 a, u64 b, u64 m) { return (u128)a * b % m; }

/* Montgomery: three multiplications, no division. */
static NOINLINE u64 reduce(u128 t, u64 m, u64 inverse) {
  u64 q = (u64)t * inverse;
  u64 high = (u128)q * m >> 64, low = (u64)(t >> 64);
  return low >= high ? low - high : low - high + m;
}

static NOINLINE u64 power(u64 base, u64 exponent, u64 m) {
  u64 inverse = m, one = -m % m;
  for (int i = 0; i < 5; i++) inverse *= 2 - m * inverse;
  u64 result = one;
  for (base = base % m; exponent; exponent >>= 1) {
    if (exponent & 1) result = reduce((u128)result * base, m, inverse);
    base = reduce((u128)base * base, m, inverse);
  }
  return result;
}

static NOINLINE void product(const u64 *a, const u64 *b, u64 *out) {
  for (u32 i = 0; i < 2 * WORDS; i++) out[i] = 0;
  for (u32 i = 0; i < WORDS; i++) {
    u64 carry = 0;
    for (u32 j = 0; j < WORDS; j++) {
      u128 t = (u128)a[i] * b[j] + out[i + j] + carry;
      out[i + j] = t;
      carry = t >> 64;
    }
    out[i + WORDS] = carry;
  }
}

static NOINLINE u32 divide_small(u32 *digits, u32 count, u32 by) {
  u64 rest = 0;
  for (u32 i = count; i-- > 0;) {
    rest = rest << 32 | digits[i];
    digits[i] = rest / by;
    rest %= by;
  }
  return rest;
}

static NOINLINE u64 divisions(u64 x) {
  u64 sum = 0;
  for (u64 d = 3; d < 600; d += 2) {
    sum += x / d ^ x % d;
    sum += (i64)(sum - x) / (i64)d;
    sum += (u32)x / (u32)d + (i32)sum % (i32)(d + 1);
  }
  return sum;
}

int main(int argc, char **argv) {
  u64 repeat = rounds(argc, argv, 20000), sum = 0;
  u64 a[WORDS], b[WORDS], out[2 * WORDS];
  u32 digits[64];
  for (u32 i = 0; i < WORDS; i++) a[i] = next_random(), b[i] = next_random();
  for (u64 round = 0; round < repeat; round++) {
    for (int i = 0; i < 8; i++) {
      product(a, b, out);
      for (u32 k = 0; k < WORDS; k++) a[k] = out[k + WORDS / 2] | 1;
    }
    sum = mix(sum, a[round % WORDS]);
    for (int i = 0; i < 6; i++) sum = mix(sum, power(sum | 1, 0xfffffffffffffff5ull - i, 0xffffffffffffffc5ull));
    for (u32 i = 0; i < 64; i++) digits[i] = a[i / 2] >> i % 2 * 32;
    for (u32 i = 0; i < 40; i++) sum = sum * 11 + divide_small(digits, 64, 1000000007 - i);
    sum += multiply_modulo(sum, a[0], 0x1fffffffffffffffull >> (round & 7));
    sum = mix(sum, divisions(sum));
  }
  checksum(sum);
  return 0;
}
