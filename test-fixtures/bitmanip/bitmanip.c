// Bit manipulation (Zba, Zbb, Zbc, Zbs): what a compiler makes of plain C, and what only assembly asks for.
#include "../tiny.h"

typedef unsigned char u8;
typedef unsigned int u32;
typedef unsigned long u64;

#define BINARY(name)                                                     \
  static inline u64 name(u64 a, u64 b) {                                 \
    u64 result;                                                          \
    asm(#name " %0, %1, %2" : "=r"(result) : "r"(a), "r"(b));            \
    return result;                                                       \
  }
BINARY(clmul)
BINARY(clmulh)
BINARY(clmulr)

static inline u64 orc_b(u64 value) {
  u64 result;
  asm("orc.b %0, %1" : "=r"(result) : "r"(value));
  return result;
}

static u64 state = 0x9e3779b97f4a7c15;

/* xorshift64*, and a rotation as its output. */
static u64 next(void) {
  state ^= state >> 12;
  state ^= state << 25;
  state ^= state >> 27;
  u64 product = state * 0x2545f4914f6cdd1d;
  int amount = state >> 59;
  return product >> amount | product << (-amount & 63);
}

static inline u32 rotate(u32 value, int left) { return value << left | value >> (32 - left); }

/* Twenty rounds of ChaCha: 32-bit rotations by constants. */
static u32 chacha(u32 seed) {
  u32 x[16];
  for (int i = 0; i < 16; i++) x[i] = seed * (u32)(i * 2 + 1) + 0x61707865;
#define QUARTER(a, b, c, d)                                \
  x[a] += x[b], x[d] = rotate(x[d] ^ x[a], 16);            \
  x[c] += x[d], x[b] = rotate(x[b] ^ x[c], 12);            \
  x[a] += x[b], x[d] = rotate(x[d] ^ x[a], 8);             \
  x[c] += x[d], x[b] = rotate(x[b] ^ x[c], 7)
  for (int round = 0; round < 10; round++) {
    QUARTER(0, 4, 8, 12);
    QUARTER(1, 5, 9, 13);
    QUARTER(2, 6, 10, 14);
    QUARTER(3, 7, 11, 15);
    QUARTER(0, 5, 10, 15);
    QUARTER(1, 6, 11, 12);
    QUARTER(2, 7, 8, 13);
    QUARTER(3, 4, 9, 14);
  }
  u32 all = 0;
  for (int i = 0; i < 16; i++) all = rotate(all, 5) ^ x[i];
  return all;
}

static u8 text[4096];

/* CRC-32 (reflected 0xedb88320), bit by bit. */
static u32 crc_by_bits(const u8 *bytes, int length) {
  u32 crc = ~0u;
  for (int i = 0; i < length; i++) {
    crc ^= bytes[i];
    for (int bit = 0; bit < 8; bit++) crc = crc >> 1 ^ (0xedb88320 & -(crc & 1));
  }
  return ~crc;
}

/* The same, eight bytes at a time: Barrett's reduction by carry-less products. */
static u32 crc_by_products(const u8 *bytes, int length) {
  const u64 quotient = 0xb4e5b025f7011641; /* x^96 / P, its powers from 64 down in the bits from 0 up */
  const u64 polynomial = 0xedb88320;       /* P without x^32, likewise from 31 down */
  u64 crc = 0xffffffff;
  for (int i = 0; i < length; i += 8)
    crc = (u32)clmulr(clmul(*(const u64 *)(bytes + i) ^ crc, quotient), polynomial);
  return ~(u32)crc;
}

/* The length of a string, eight bytes at a time. */
static long length_of(const u8 *string) {
  const u64 *at = (const u64 *)string;
  u64 zeros;
  while ((zeros = ~orc_b(*at)) == 0) at++;
  return (const u8 *)at - string + (__builtin_ctzl(zeros) >> 3);
}

static long smaller(long a, long b) { return a < b ? a : b; }
static long larger(long a, long b) { return a > b ? a : b; }
static u64 smaller_unsigned(u64 a, u64 b) { return a < b ? a : b; }
static u64 larger_unsigned(u64 a, u64 b) { return a > b ? a : b; }

/* A set of numbers below 4096: single bits. */
static u64 set[64];

static long sieve(void) {
  long count = 0;
  for (long i = 2; i < 4096; i++) {
    if (set[i >> 6] >> (i & 63) & 1) continue;
    count++;
    for (long j = i * i; j < 4096; j += i) set[j >> 6] |= 1ul << (j & 63);
  }
  for (long i = 0; i < 4096; i += 3) set[i >> 6] ^= 1ul << (i & 63);
  for (long i = 0; i < 4096; i += 5) set[i >> 6] &= ~(1ul << (i & 63));
  return count;
}

static int counts[1 << 8];
static short halves[1 << 8];

int main(int argc, char **argv) {
  (void)argv;
  u64 bits = 0, ones = 0, swapped = 0, low = 0, words = 0;
  long least = 1, most = -1;
  u64 leastUnsigned = -1ul, mostUnsigned = 0;
  for (int i = 0; i < 2000; i++) {
    u64 value = next() >> (i & 63);
    bits += value ? __builtin_clzl(value) + 3 * __builtin_ctzl(value) : 128;
    words += (u32)value ? __builtin_clz(value) + 5 * __builtin_ctz(value) : 64;
    ones += __builtin_popcountl(value) + 7 * __builtin_popcount(value);
    swapped ^= __builtin_bswap64(value) + (value & ~swapped) - (value | ~(swapped >> 3)) + ~(value ^ ones);
    least = smaller(least, value ^ ones), most = larger(most, value ^ ones);
    leastUnsigned = smaller_unsigned(leastUnsigned, value), mostUnsigned = larger_unsigned(mostUnsigned, value);
    low += (unsigned short)value + (signed char)value * (short)(value >> 8);
    counts[(u8)value]++, halves[(u32)value >> 24] += i;
    text[i] = value | 1;
  }
  print_line("zeros", bits);
  print_line("zeros of words", words);
  print_line("ones", ones);
  print_line("swapped and inverted", swapped);
  print_line("least", least);
  print_line("most", most);
  print_line("least unsigned", leastUnsigned);
  print_line("most unsigned", mostUnsigned);
  print_line("extended", low);
  long tables = 0;
  for (u32 i = 0; i < 256; i++) tables = tables * 31 + counts[i] + 9l * halves[i];
  print_line("tables", tables);
  print_line("primes below 4096", sieve());
  u64 all = 0;
  for (int i = 0; i < 64; i++) all = (all << 7 | all >> 57) ^ set[i];
  print_line("set", all);
  print_line("length", length_of(text));
  text[1234] = 0;
  print_line("length up to a zero", length_of(text));
  u32 stream = argc;
  for (int i = 0; i < 50; i++) stream = chacha(stream);
  print_line("chacha", stream);
  u64 product = 1, high = 1, reversed = 1;
  for (int i = 0; i < 200; i++) {
    u64 a = next(), b = next();
    product = clmul(product ^ a, b), high ^= clmulh(a, b | product), reversed += clmulr(a ^ high, b);
  }
  print_line("product", product);
  print_line("high half", high);
  print_line("reversed", reversed);
  print_line("crc by bits", crc_by_bits(text, sizeof text));
  print_line("crc by products", crc_by_products(text, sizeof text));
  return 0;
}
