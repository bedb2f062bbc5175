/* Sieves: of Eratosthenes by bytes and by bits in segments, and a table of smallest factors. */
#include "bench.h"

#define LIMIT (1 << 18)
static u8 composite[LIMIT];
static u64 bits[LIMIT / 64];
static u32 factors[LIMIT / 4], primes[LIMIT / 8];

static NOINLINE u32 by_bytes(void) {
  u32 count = 0;
  for (u32 i = 0; i < LIMIT; i++) composite[i] = 0;
  for (u32 i = 2; i < LIMIT; i++) {
    if (composite[i]) continue;
    count++;
    for (u64 j = (u64)i * i; j < LIMIT; j += i) composite[j] = 1;
  }
  return count;
}

static NOINLINE u32 by_bits(void) {
  u32 count = 0;
  for (u32 i = 0; i < LIMIT / 64; i++) bits[i] = ~0ull;
  bits[0] &= ~3ull;
  for (u32 i = 2; i * i < LIMIT; i++)
    if (bits[i / 64] >> i % 64 & 1)
      for (u32 j = i * i; j < LIMIT; j += i) bits[j / 64] &= ~(1ull << j % 64);
  for (u32 i = 0; i < LIMIT / 64; i++)
    for (u64 word = bits[i]; word; word &= word - 1) count++;
  return count;
}

static NOINLINE u32 by_factors(u32 limit) {
  u32 count = 0;
  for (u32 i = 0; i < limit; i++) factors[i] = 0;
  for (u32 i = 2; i < limit; i++) {
    if (factors[i] == 0) factors[i] = i, primes[count++] = i;
    for (u32 k = 0; k < count && primes[k] <= factors[i] && i * primes[k] < limit; k++) factors[i * primes[k]] = primes[k];
  }
  return count;
}

int main(int argc, char **argv) {
  u64 repeat = rounds(argc, argv, 350), sum = 0;
  for (u64 round = 0; round < repeat; round++) {
    sum = mix(sum, by_bytes());
    sum = mix(sum, by_bits());
    sum = mix(sum, by_factors(LIMIT / 4 - round % 1000));
    sum = mix(sum, factors[round * 37 % 60000]);
  }
  checksum(sum);
  return 0;
}
