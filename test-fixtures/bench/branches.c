/* Branches that no history predicts: random walks, a priority of comparisons, binary search, Collatz, binary GCD. */
#include "bench.h"

#define SIZE 4096
static u32 sorted[SIZE];
static u32 values[SIZE];

static NOINLINE i64 walk(u32 seed, u32 steps) {
  i64 x = 0, y = 0, turns = 0;
  for (u32 i = 0; i < steps; i++) {
    seed ^= seed << 13;
    seed ^= seed >> 17;
    seed ^= seed << 5;
    if (seed & 64) {
      if (seed & 512) x += y & 7;
      else y -= 3;
    } else if (seed & 4096) {
      y += x & 3;
      if (x > 1000) x = -x, turns++;
    } else {
      x -= 1;
      if (y < -1000) y = 1000 + (seed & 15), turns++;
    }
  }
  return x * 31 + y * 7 + turns;
}

static NOINLINE u32 search(u32 wanted) {
  u32 low = 0, high = SIZE;
  while (low < high) {
    u32 middle = (low + high) / 2;
    if (sorted[middle] < wanted) low = middle + 1;
    else high = middle;
  }
  return low;
}

static NOINLINE u32 collatz(u64 n) {
  u32 steps = 0;
  while (n != 1) {
    if (n & 1) n = 3 * n + 1;
    else n >>= 1;
    steps++;
  }
  return steps;
}

static NOINLINE u32 gcd(u32 a, u32 b) {
  u32 shift = 0;
  while (((a | b) & 1) == 0) a >>= 1, b >>= 1, shift++;
  while ((a & 1) == 0) a >>= 1;
  while (b) {
    while ((b & 1) == 0) b >>= 1;
    if (a > b) {
      u32 t = a;
      a = b;
      b = t;
    }
    b -= a;
  }
  return a << shift;
}

static NOINLINE u32 classify(const u32 *at, u32 count) {
  u32 classes[5] = {0};
  for (u32 i = 0; i < count; i++) {
    u32 v = at[i];
    if (v < 0x20000000u) classes[0]++;
    else if (v > 0xc0000000u) classes[1] += v & 3;
    else if (v & 0x100 && v & 0x20) classes[2] ^= v;
    else if (v & 8 || v & 0x4000) classes[3]--;
    else classes[4] += i;
  }
  return classes[0] ^ classes[1] * 3 ^ classes[2] * 5 ^ classes[3] * 7 ^ classes[4] * 11;
}

int main(int argc, char **argv) {
  u64 repeat = rounds(argc, argv, 2000), sum = 0;
  u32 at = 0;
  for (u32 i = 0; i < SIZE; i++) {
    values[i] = next_random() >> 32;
    at += (values[i] >> 12 & 0xfffff) + 1;
    sorted[i] = at;
  }
  for (u64 round = 0; round < repeat; round++) {
    sum = mix(sum, walk(round * 77777 + 1, 20000));
    sum = mix(sum, classify(values, SIZE));
    for (u32 i = 0; i < 1500; i++) sum += search(values[i] & 0x7fffffff);
    for (u32 i = 1; i < 300; i++) sum += collatz(i + round * 300);
    for (u32 i = 0; i < 300; i++) sum += gcd(values[i] | 1, values[i + 1] | 2);
    values[round % SIZE] += sum;
  }
  checksum(sum);
  return 0;
}
