/* Much code, none of it hot: four thousand different functions, called one after the other through a table, round after
   round. The preprocessor writes them: their constants and shapes follow from the function's number. */
#include "bench.h"

static u64 data[64];

#define WIDE (N * 0x9e3779b97f4a7c15ull)

/* The statements that a function has are chosen by its number, when it is compiled. */
#define FUNCTION(n)                                                \
  static NOINLINE u64 f##n(u64 x) {                                \
    enum { N = 1##n - 10000, A = N * 7 % 13, B = N * 11 % 29 };    \
    if (x >> A & 1) x = (x ^ WIDE) / (N + 3u);                     \
    else x += (WIDE >> B) + (x << (A + 1));                        \
    if (N % 3 == 0) x ^= data[x / (N + 1000u) % 64] * (WIDE | 1);  \
    else if (N % 3 == 1) data[(x + A) % 64] ^= x % (N + 77u);      \
    else for (u32 i = 0; i < (x & 3); i++) x += i * WIDE;          \
    if ((i64)x < (i64)WIDE) return x * 33 + B;                     \
    return x - N % 7 * (x >> 9 & 0xfffff);                         \
  }

#define TEN(make, n) make(n##0) make(n##1) make(n##2) make(n##3) make(n##4) make(n##5) make(n##6) make(n##7) make(n##8) make(n##9)
#define HUNDRED(make, n) TEN(make, n##0) TEN(make, n##1) TEN(make, n##2) TEN(make, n##3) TEN(make, n##4) TEN(make, n##5) TEN(make, n##6) TEN(make, n##7) TEN(make, n##8) TEN(make, n##9)
#define THOUSAND(make, n) HUNDRED(make, n##0) HUNDRED(make, n##1) HUNDRED(make, n##2) HUNDRED(make, n##3) HUNDRED(make, n##4) HUNDRED(make, n##5) HUNDRED(make, n##6) HUNDRED(make, n##7) HUNDRED(make, n##8) HUNDRED(make, n##9)

THOUSAND(FUNCTION, 0)
THOUSAND(FUNCTION, 1)
THOUSAND(FUNCTION, 2)
THOUSAND(FUNCTION, 3)

#define ENTRY(n) f##n,
static u64 (*const functions[])(u64) = {THOUSAND(ENTRY, 0) THOUSAND(ENTRY, 1) THOUSAND(ENTRY, 2) THOUSAND(ENTRY, 3)};

int main(int argc, char **argv) {
  u64 repeat = rounds(argc, argv, 900), sum = 1;
  for (u64 round = 0; round < repeat; round++)
    for (u32 i = 0; i < sizeof functions / sizeof functions[0]; i++) sum = functions[i](sum ^ (u64)i << 23) + round;
  checksum(sum);
  return 0;
}
