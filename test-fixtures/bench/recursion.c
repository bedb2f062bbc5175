/* Recursion: Fibonacci, Ackermann, queens, permutations, Hanoi, Takeuchi. */
#include "bench.h"

static NOINLINE u32 fibonacci(u32 n) { return n < 2 ? n : fibonacci(n - 1) + fibonacci(n - 2); }

static NOINLINE u32 ackermann(u32 m, u32 n) {
  if (m == 0) return n + 1;
  return n == 0 ? ackermann(m - 1, 1) : ackermann(m - 1, ackermann(m, n - 1));
}

static NOINLINE u32 queens(u32 all, u32 columns, u32 left, u32 right) {
  u32 count = 0;
  if (columns == all) return 1;
  for (u32 free = all & ~(columns | left | right); free; free &= free - 1) {
    u32 bit = free & -free;
    count += queens(all, columns | bit, (left | bit) << 1, (right | bit) >> 1);
  }
  return count;
}

static u8 items[8];
static NOINLINE u64 permute(u32 at, u64 sum) {
  if (at == 8) {
    for (int i = 0; i < 8; i++) sum = sum * 9 + items[i];
    return sum;
  }
  for (u32 i = at; i < 8; i++) {
    u8 t = items[at];
    items[at] = items[i], items[i] = t;
    sum = permute(at + 1, sum);
    t = items[at];
    items[at] = items[i], items[i] = t;
  }
  return sum;
}

static u64 moves;
static NOINLINE void hanoi(u32 discs, u32 from, u32 to, u32 by) {
  if (discs == 0) return;
  hanoi(discs - 1, from, by, to);
  moves = moves * 3 + from * 4 + to;
  hanoi(discs - 1, by, to, from);
}

static NOINLINE i32 takeuchi(i32 x, i32 y, i32 z) {
  return y >= x ? z : takeuchi(takeuchi(x - 1, y, z), takeuchi(y - 1, z, x), takeuchi(z - 1, x, y));
}

int main(int argc, char **argv) {
  u64 repeat = rounds(argc, argv, 200), sum = 0;
  for (int i = 0; i < 8; i++) items[i] = i;
  for (u64 round = 0; round < repeat; round++) {
    sum = mix(sum, fibonacci(24 + (round & 1)));
    sum = mix(sum, ackermann(2, 200 + round % 16));
    sum = mix(sum, queens(255, 0, 0, 0));
    sum = permute(0, sum);
    hanoi(14, round % 3, (round + 1) % 3, (round + 2) % 3);
    sum = mix(sum, moves + takeuchi(14, 7, round & 3));
  }
  checksum(sum);
  return 0;
}
