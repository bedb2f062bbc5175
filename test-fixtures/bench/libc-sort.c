/* The C library's qsort and bsearch with compare functions: integers, doubles, strings, records. */
#define BENCH_LIBC
#include "bench.h"

#define SIZE 8192

struct person {
  char name[12];
  u32 age;
  double height;
};

static int by_number(const void *a, const void *b) {
  i32 x = *(const i32 *)a, y = *(const i32 *)b;
  return x < y ? -1 : x > y;
}
static int by_double(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return x < y ? -1 : x > y;
}
static int by_text(const void *a, const void *b) { return strcmp(*(char *const *)a, *(char *const *)b); }
static int by_person(const void *a, const void *b) {
  const struct person *x = a, *y = b;
  if (x->age != y->age) return x->age < y->age ? -1 : 1;
  return strcmp(x->name, y->name);
}

static i32 numbers[SIZE];
static double doubles[SIZE];
static char letters[SIZE][10], *texts[SIZE];
static struct person people[SIZE];

int main(int argc, char **argv) {
  u64 repeat = rounds(argc, argv, 60), sum = 0;
  for (u64 round = 0; round < repeat; round++) {
    for (u32 i = 0; i < SIZE; i++) {
      numbers[i] = next_random() >> 33;
      doubles[i] = (double)(i64)next_random() * 1e-10;
      for (u32 k = 0; k < 9; k++) letters[i][k] = people[i].name[k] = 'a' + next_random() % (k < 3 ? 2 : 26);
      texts[i] = letters[i];
      people[i].age = next_random() >> 58;
      people[i].height = doubles[i];
    }
    qsort(numbers, SIZE, sizeof numbers[0], by_number);
    qsort(doubles, SIZE, sizeof doubles[0], by_double);
    qsort(texts, SIZE, sizeof texts[0], by_text);
    qsort(people, SIZE, sizeof people[0], by_person);
    for (u32 i = 0; i < SIZE; i += 7) {
      i32 *found = bsearch(&numbers[i], numbers, SIZE, sizeof numbers[0], by_number);
      sum = mix(sum, found - numbers);
      sum = mix(sum, double_bits(doubles[i]) ^ people[i].age ^ double_bits(people[i].height));
      sum = mix(sum, texts[i][4] + people[i].name[5]);
    }
  }
  checksum(sum);
  return 0;
}
