/* What the benchmark programs share. The guest's build stands on ../tiny.h alone, except where BENCH_LIBC is defined; the
   build for the host uses the host's C library for output and nothing else. */
#ifndef BENCH_H
#define BENCH_H

typedef unsigned char u8;
typedef unsigned short u16;
typedef unsigned int u32;
typedef unsigned long long u64;
typedef int i32;
typedef long long i64;

#define NOINLINE __attribute__((noinline))
#define UNUSED __attribute__((unused))

#if defined(__riscv) && !defined(BENCH_LIBC)

#ifdef __cplusplus
extern "C" {
#endif

#include "../tiny.h"

/* The functions that gcc itself calls. */
#define BENCH_RUNTIME __attribute__((used, noinline))

BENCH_RUNTIME void *memcpy(void *to, const void *from, unsigned long size) {
  u8 *target = (u8 *)to;
  const u8 *source = (const u8 *)from;
  if ((((unsigned long)target | (unsigned long)source) & 7) == 0)
    for (; size >= 8; size -= 8, target += 8, source += 8) *(unsigned long *)target = *(const unsigned long *)source;
  while (size--) *target++ = *source++;
  return to;
}

BENCH_RUNTIME void *memset(void *to, int value, unsigned long size) {
  u8 *target = (u8 *)to;
  for (; size && ((unsigned long)target & 7); size--) *target++ = value;
  unsigned long word = 0x0101010101010101ul * (u8)value;
  for (; size >= 8; size -= 8, target += 8) *(unsigned long *)target = word;
  while (size--) *target++ = value;
  return to;
}

#ifdef __cplusplus
}
#endif

#else

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#endif

/* How often to repeat the work: the first argument, or what makes the program run for about a second. */
UNUSED static u64 rounds(int argc, char **argv, u64 standard) {
  if (argc < 2) return standard;
  u64 value = 0;
  for (const char *text = argv[1]; *text >= '0' && *text <= '9'; text++) value = value * 10 + (*text - '0');
  return value;
}

/* Prints the checksum of a program. */
static void checksum(u64 value) {
  char text[18];
  for (int i = 0; i < 16; i++) text[i] = "0123456789abcdef"[value >> (60 - 4 * i) & 15];
  text[16] = '\n';
  text[17] = 0;
#if defined(__riscv) && !defined(BENCH_LIBC)
  print(text);
#else
  fputs(text, stdout);
#endif
}

UNUSED static u64 mix(u64 sum, u64 value) {
  sum = (sum ^ value) * 0x9e3779b97f4a7c15ull;
  return sum ^ sum >> 29;
}

UNUSED static u64 random_state = 0x853c49e6748fea9bull;

/* xorshift64* */
UNUSED static u64 next_random(void) {
  u64 x = random_state;
  x ^= x >> 12;
  x ^= x << 25;
  x ^= x >> 27;
  random_state = x;
  return x * 0x2545f4914f6cdd1dull;
}

/* The bits of a double, for a checksum. */
UNUSED static u64 double_bits(double value) {
  union {
    double value;
    u64 bits;
  } both;
  both.value = value;
  return both.bits;
}

UNUSED static u32 float_bits(float value) {
  union {
    float value;
    u32 bits;
  } both;
  both.value = value;
  return both.bits;
}

#endif
