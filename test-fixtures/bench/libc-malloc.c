/* The C library's allocator: trees made and freed, blocks of many sizes in changing order, realloc, strings. */
#define BENCH_LIBC
#include "bench.h"

struct node {
  struct node *left, *right;
  u64 value;
};

static struct node *grow(u32 depth) {
  struct node *one = malloc(sizeof *one);
  one->value = depth;
  one->left = depth ? grow(depth - 1) : 0;
  one->right = depth ? grow(depth - 1) : 0;
  return one;
}

static u64 drop(struct node *one) {
  if (!one) return 1;
  u64 sum = drop(one->left) * 3 + drop(one->right) * 5 + one->value;
  free(one);
  return sum;
}

int main(int argc, char **argv) {
  u64 repeat = rounds(argc, argv, 150), sum = 0;
  static u8 *blocks[1024];
  static u32 sizes[1024];
  for (u64 round = 0; round < repeat; round++) {
    sum = mix(sum, drop(grow(13)));
    for (u32 i = 0; i < 20000; i++) {
      u32 at = next_random() >> 54;
      u32 size = 1 + (next_random() >> (52 + next_random() % 8));
      if (blocks[at] && i % 7 == 0) {
        blocks[at] = realloc(blocks[at], size);
        sum += blocks[at][0];
      } else {
        if (blocks[at]) sum += blocks[at][0] + blocks[at][sizes[at] - 1];
        free(blocks[at]);
        blocks[at] = malloc(size);
      }
      sizes[at] = size;
      blocks[at][0] = i;
      blocks[at][size - 1] = i >> 3;
    }
    for (u32 i = 0; i < 500; i++) {
      char *text = strdup("the quick brown fox jumps over the lazy dog"), *other = calloc(1, 200 + i);
      strcat(strcpy(other, text), text + i % 40);
      sum += strlen(other);
      free(text);
      free(other);
    }
  }
  checksum(sum);
  return 0;
}
