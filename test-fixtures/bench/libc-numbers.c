/* The C library's conversions: numbers printed with snprintf and read back with strtod, strtol, sscanf. */
#define BENCH_LIBC
#include "bench.h"

int main(int argc, char **argv) {
  u64 repeat = rounds(argc, argv, 120000), sum = 0;
  char text[200];
  for (u64 round = 0; round < repeat; round++) {
    u64 random = next_random();
    double value = (double)(i64)random / (1 << (random & 31));
    int length = snprintf(text, sizeof text, "%.17g %d %llx %-12s|%08.3f", value, (int)random, random, "text", value / 1e6);
    char *rest;
    double again = strtod(text, &rest);
    if (again != value) return 1;
    long whole = strtol(rest, &rest, 10);
    if (whole != (int)random) return 2;
    unsigned long long hex = strtoull(rest, &rest, 16);
    if (hex != random) return 3;
    sum = mix(sum, length + double_bits(again));
    if (round % 8 == 0) {
      int a, b;
      char word[20];
      snprintf(text, sizeof text, "%d:%d %s", (int)(random >> 40), (int)(random & 1023), "sixteen");
      if (sscanf(text, "%d:%d %19s", &a, &b, word) != 3) return 4;
      sum = mix(sum, a + b + word[3]);
    }
  }
  checksum(sum);
  return 0;
}
