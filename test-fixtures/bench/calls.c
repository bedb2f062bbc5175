/* Many small functions: call graphs ten levels deep of functions that are not inlined, arguments, results by reference. */
#include "bench.h"

struct pair {
  i64 first, second;
};

static NOINLINE i64 leaf_add(i64 a, i64 b) { return a + b; }
static NOINLINE i64 leaf_less(i64 a, i64 b) { return a < b; }
static NOINLINE i64 leaf_half(i64 a) { return a >> 1; }
static NOINLINE i64 leaf_mask(i64 a, i64 bits) { return a & ((1ll << bits) - 1); }
static NOINLINE void leaf_swap(struct pair *p) {
  i64 t = p->first;
  p->first = p->second;
  p->second = t;
}
static NOINLINE struct pair leaf_pair(i64 a, i64 b) { return (struct pair){a, b}; }

/* Every level calls the one below once or twice, depending on the values. */
#define LEVEL(name, below)                                  \
  static NOINLINE i64 name(i64 a, i64 b) {                  \
    i64 x = below(leaf_add(a, 1), leaf_half(b));            \
    if (leaf_less(x & 15, 5)) x = below(x, leaf_mask(a, 9)); \
    return leaf_add(x, b);                                  \
  }
static NOINLINE i64 level0(i64 a, i64 b) {
  struct pair p = leaf_pair(a, b);
  if (leaf_less(b, a)) leaf_swap(&p);
  return leaf_add(p.second - p.first, leaf_mask(p.first, 7));
}
LEVEL(level1, level0)
LEVEL(level2, level1)
LEVEL(level3, level2)
LEVEL(level4, level3)
LEVEL(level5, level4)
LEVEL(level6, level5)
LEVEL(level7, level6)
LEVEL(level8, level7)
LEVEL(level9, level8)

/* Two families that call each other. */
static NOINLINE u32 odd(u32 n);
static NOINLINE u32 even(u32 n) { return n == 0 ? 1 : odd(n - 1) + 1; }
static NOINLINE u32 odd(u32 n) { return n == 0 ? 0 : even(n - 1) ^ 1; }

static NOINLINE u64 many(u64 a, u64 b, u64 c, u64 d, u64 e, u64 f, u64 g, u64 h, u64 i, u64 j) {
  return a + 2 * b + 3 * c + 5 * d + 7 * e + 11 * f + 13 * g + 17 * h + 19 * i + 23 * j;
}

int main(int argc, char **argv) {
  u64 repeat = rounds(argc, argv, 300000), sum = 0;
  for (u64 round = 0; round < repeat; round++) {
    sum = mix(sum, level9(round, sum & 0xffff));
    sum += even(round & 127);
    for (u32 i = 0; i < 40; i++) sum = many(i, sum, i, round, sum >> 3, i, 1, 2, 3, sum & 7);
  }
  checksum(sum);
  return 0;
}
