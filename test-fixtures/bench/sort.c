/* Sorting: quicksort, heapsort, merge sort and insertion of integers; records by a compare function; radix sort. */
#include "bench.h"

#define SIZE 16384
static i32 source[SIZE], work[SIZE], spare[SIZE];
struct record {
  u32 key, id;
  double weight;
};
static struct record records[SIZE / 4];

static void quick(i32 *a, i32 low, i32 high) {
  while (high - low > 12) {
    i32 pivot = a[(low + high) / 2], i = low, j = high;
    while (i <= j) {
      while (a[i] < pivot) i++;
      while (a[j] > pivot) j--;
      if (i <= j) {
        i32 t = a[i];
        a[i++] = a[j];
        a[j--] = t;
      }
    }
    if (j - low < high - i) quick(a, low, j), low = i;
    else quick(a, i, high), high = j;
  }
  for (i32 i = low + 1; i <= high; i++) {
    i32 value = a[i], j = i - 1;
    for (; j >= low && a[j] > value; j--) a[j + 1] = a[j];
    a[j + 1] = value;
  }
}

static void sift(i32 *a, u32 root, u32 count) {
  i32 value = a[root];
  for (u32 child; (child = 2 * root + 1) < count; root = child) {
    if (child + 1 < count && a[child + 1] > a[child]) child++;
    if (a[child] <= value) break;
    a[root] = a[child];
  }
  a[root] = value;
}

static NOINLINE void heap(i32 *a, u32 count) {
  for (u32 i = count / 2; i-- > 0;) sift(a, i, count);
  for (u32 i = count; i-- > 1;) {
    i32 t = a[0];
    a[0] = a[i];
    a[i] = t;
    sift(a, 0, i);
  }
}

static NOINLINE void merge(i32 *a, i32 *b, u32 count) {
  for (u32 width = 1; width < count; width *= 2) {
    for (u32 low = 0; low < count; low += 2 * width) {
      u32 middle = low + width < count ? low + width : count, high = middle + width < count ? middle + width : count;
      u32 i = low, j = middle, k = low;
      while (i < middle && j < high) b[k++] = a[j] < a[i] ? a[j++] : a[i++];
      while (i < middle) b[k++] = a[i++];
      while (j < high) b[k++] = a[j++];
    }
    i32 *t = a;
    a = b;
    b = t;
  }
}

static NOINLINE void radix(u32 *a, u32 *b, u32 count) {
  for (int shift = 0; shift < 32; shift += 8) {
    u32 starts[257] = {0};
    for (u32 i = 0; i < count; i++) starts[(a[i] >> shift & 255) + 1]++;
    for (int i = 0; i < 256; i++) starts[i + 1] += starts[i];
    for (u32 i = 0; i < count; i++) b[starts[a[i] >> shift & 255]++] = a[i];
    u32 *t = a;
    a = b;
    b = t;
  }
}

static NOINLINE int by_key(const struct record *a, const struct record *b) {
  if (a->key != b->key) return a->key < b->key ? -1 : 1;
  return a->id < b->id ? -1 : a->id > b->id;
}

static NOINLINE int by_weight(const struct record *a, const struct record *b) {
  return a->weight < b->weight ? -1 : a->weight > b->weight ? 1 : by_key(a, b);
}

static NOINLINE void shell(struct record *a, u32 count, int (*compare)(const struct record *, const struct record *)) {
  for (u32 gap = count / 2; gap > 0; gap = gap == 2 ? 1 : gap * 5 / 11)
    for (u32 i = gap; i < count; i++) {
      struct record one = a[i];
      u32 j = i;
      for (; j >= gap && compare(&a[j - gap], &one) > 0; j -= gap) a[j] = a[j - gap];
      a[j] = one;
    }
}

static u64 fold(u64 sum) {
  for (u32 i = 0; i < SIZE; i += 37) sum = mix(sum, work[i]);
  return sum;
}

int main(int argc, char **argv) {
  u64 repeat = rounds(argc, argv, 110), sum = 0;
  for (u64 round = 0; round < repeat; round++) {
    for (u32 i = 0; i < SIZE; i++) source[i] = next_random() >> 32;
    memcpy(work, source, sizeof work);
    quick(work, 0, SIZE - 1);
    sum = fold(sum);
    memcpy(work, source, sizeof work);
    heap(work, SIZE);
    sum = fold(sum);
    memcpy(work, source, sizeof work);
    merge(work, spare, SIZE);
    sum = fold(sum);
    memcpy(work, source, sizeof work);
    radix((u32 *)work, (u32 *)spare, SIZE);
    sum = fold(sum);
    for (u32 i = 0; i < SIZE / 4; i++) {
      records[i].key = source[i] & 255;
      records[i].id = i;
      records[i].weight = (double)source[i + 1] * 0.25;
    }
    shell(records, SIZE / 4, by_key);
    for (u32 i = 0; i < SIZE / 4; i += 19) sum = mix(sum, records[i].id);
    shell(records, SIZE / 4, by_weight);
    for (u32 i = 0; i < SIZE / 4; i += 19) sum = mix(sum, records[i].id);
  }
  checksum(sum);
  return 0;
}
