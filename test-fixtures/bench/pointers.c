/* Pointer chasing: a shuffled linked list, list reversal, a treap. */
#include "bench.h"

struct node {
  struct node *next;
  i64 value;
};
struct tree {
  struct tree *left, *right;
  u32 key, priority;
};

#define NODES 8192
#define TREES 4096
static struct node pool[NODES];
static struct tree trees[TREES];
static u32 order[NODES];

static NOINLINE i64 sum_list(const struct node *at) {
  i64 sum = 0;
  for (; at; at = at->next) sum += at->value;
  return sum;
}

static NOINLINE struct node *reverse_list(struct node *at) {
  struct node *done = 0;
  while (at) {
    struct node *next = at->next;
    at->next = done;
    done = at;
    at = next;
  }
  return done;
}

static NOINLINE const struct node *find_largest(const struct node *at) {
  const struct node *best = at;
  for (; at; at = at->next)
    if (at->value > best->value) best = at;
  return best;
}

static struct tree *rotate_right(struct tree *at) {
  struct tree *left = at->left;
  at->left = left->right;
  left->right = at;
  return left;
}

static struct tree *rotate_left(struct tree *at) {
  struct tree *right = at->right;
  at->right = right->left;
  right->left = at;
  return right;
}

static struct tree *insert(struct tree *at, struct tree *one) {
  if (!at) return one;
  if (one->key < at->key) {
    at->left = insert(at->left, one);
    if (at->left->priority > at->priority) at = rotate_right(at);
  } else {
    at->right = insert(at->right, one);
    if (at->right->priority > at->priority) at = rotate_left(at);
  }
  return at;
}

static NOINLINE u32 lookup(const struct tree *at, u32 key) {
  u32 depth = 0;
  while (at && at->key != key) {
    at = key < at->key ? at->left : at->right;
    depth++;
  }
  return at ? depth : depth + 1000;
}

static u64 fold_tree(const struct tree *at, u64 sum) {
  if (!at) return sum;
  sum = fold_tree(at->left, sum);
  sum = sum * 31 + at->key;
  return fold_tree(at->right, sum);
}

int main(int argc, char **argv) {
  u64 repeat = rounds(argc, argv, 1300), sum = 0;
  for (u32 i = 0; i < NODES; i++) order[i] = i;
  for (u32 i = NODES - 1; i > 0; i--) {
    u32 j = next_random() % (i + 1), t = order[i];
    order[i] = order[j];
    order[j] = t;
  }
  for (u32 i = 0; i < NODES; i++) {
    pool[order[i]].value = i * 3 ^ 0x55;
    pool[order[i]].next = i + 1 < NODES ? &pool[order[i + 1]] : 0;
  }
  struct node *list = &pool[order[0]];
  for (u64 round = 0; round < repeat; round++) {
    for (int i = 0; i < 14; i++) sum += sum_list(list);
    list = reverse_list(list);
    sum += find_largest(list)->value;
    if (round % 8 == 0) {
      struct tree *root = 0;
      for (u32 i = 0; i < TREES; i++) {
        trees[i].left = trees[i].right = 0;
        trees[i].key = next_random() >> 40;
        trees[i].priority = next_random() >> 33;
        root = insert(root, &trees[i]);
      }
      for (u32 i = 0; i < 2 * TREES; i++) sum += lookup(root, trees[i % TREES].key + (i & 1));
      for (int i = 0; i < 4; i++) sum = fold_tree(root, sum);
    }
    pool[round % NODES].value ^= sum & 0xffff;
  }
  checksum(sum);
  return 0;
}
