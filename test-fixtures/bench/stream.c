/* Memory: copy, fill, scale, triad, byte sums and strided reads over arrays of several MiB. */
#include "bench.h"

#define WORDS (1 << 19)
static u64 a[WORDS], b[WORDS], c[WORDS];

static NOINLINE void triad(u64 factor) {
  for (u32 i = 0; i < WORDS; i++) a[i] = b[i] + factor * c[i];
}

static NOINLINE void scale(u64 factor) {
  for (u32 i = 0; i < WORDS; i++) b[i] = factor * c[i];
}

static NOINLINE u64 strided(u32 stride) {
  u64 sum = 0;
  for (u32 start = 0; start < stride; start += 8)
    for (u32 i = start; i < WORDS; i += stride) sum += a[i];
  return sum;
}

static NOINLINE u32 bytes(const u8 *at, u32 size) {
  u32 sum = 0;
  for (u32 i = 0; i < size; i++) sum += at[i];
  return sum;
}

static NOINLINE void backwards(u32 *to, const u32 *from, u32 count) {
  for (u32 i = 0; i < count; i++) to[i] = from[count - 1 - i];
}

int main(int argc, char **argv) {
  u64 repeat = rounds(argc, argv, 230), sum = 0;
  for (u32 i = 0; i < WORDS; i++) b[i] = i * 3ull, c[i] = i ^ 0x5a5aull << 20;
  for (u64 round = 0; round < repeat; round++) {
    triad(round | 1);
    scale(round + 3);
    memcpy(c, a, sizeof c);
    memset(b, (int)round, sizeof b / 4);
    sum = mix(sum, strided(64));
    sum = mix(sum, bytes((const u8 *)c + round % 8, 1 << 20));
    backwards((u32 *)b, (const u32 *)a, WORDS / 2);
  }
  checksum(sum);
  return 0;
}
