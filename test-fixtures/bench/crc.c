/* Integer arithmetic: CRC-32 by bits and by table, population counts, bit reversal, Gray codes, Morton order. */
#include "bench.h"

static u32 table[256];
static u8 data[1 << 14];

static u32 crc_table(u32 crc, const u8 *at, u32 size) {
  while (size--) crc = table[(crc ^ *at++) & 255] ^ crc >> 8;
  return crc;
}

static NOINLINE u32 crc_bits(u32 crc, const u8 *at, u32 size) {
  while (size--) {
    crc ^= *at++;
    for (int bit = 0; bit < 8; bit++) crc = crc >> 1 ^ (0xedb88320u & -(crc & 1));
  }
  return crc;
}

static u32 population(u64 x) {
  x -= x >> 1 & 0x5555555555555555ull;
  x = (x & 0x3333333333333333ull) + (x >> 2 & 0x3333333333333333ull);
  x = (x + (x >> 4)) & 0x0f0f0f0f0f0f0f0full;
  return x * 0x0101010101010101ull >> 56;
}

static u32 reverse(u32 x) {
  x = x >> 1 & 0x55555555u | (x & 0x55555555u) << 1;
  x = x >> 2 & 0x33333333u | (x & 0x33333333u) << 2;
  x = x >> 4 & 0x0f0f0f0fu | (x & 0x0f0f0f0fu) << 4;
  x = x >> 8 & 0x00ff00ffu | (x & 0x00ff00ffu) << 8;
  return x >> 16 | x << 16;
}

static u64 spread(u32 x) {
  u64 r = x;
  r = (r | r << 16) & 0x0000ffff0000ffffull;
  r = (r | r << 8) & 0x00ff00ff00ff00ffull;
  r = (r | r << 4) & 0x0f0f0f0f0f0f0f0full;
  r = (r | r << 2) & 0x3333333333333333ull;
  return (r | r << 1) & 0x5555555555555555ull;
}

static i32 signed_steps(i32 x) {
  i32 sum = 0;
  for (int i = 0; i < 12; i++) {
    x = x * 1103515245 + 12345;
    sum += (x >> 16) - (signed char)x;
    sum ^= (short)(sum << 3);
  }
  return sum;
}

int main(int argc, char **argv) {
  u64 repeat = rounds(argc, argv, 3500), sum = 0;
  for (u32 i = 0; i < 256; i++) {
    u32 crc = i;
    for (int bit = 0; bit < 8; bit++) crc = crc & 1 ? crc >> 1 ^ 0xedb88320u : crc >> 1;
    table[i] = crc;
  }
  for (u32 i = 0; i < sizeof data; i++) data[i] = next_random();
  u32 crc = ~0u;
  for (u64 round = 0; round < repeat; round++) {
    crc = crc_table(crc, data, sizeof data);
    crc = crc_table(crc, data + 1, sizeof data - 1);
    crc = crc_bits(crc, data, sizeof data / 4);
    for (u32 i = 0; i < 4096; i++) {
      u64 x = (u64)crc << 32 | i * 2654435761u;
      sum += population(x) + reverse(i ^ i >> 1) + (spread(i) | spread(crc) << 1);
      sum ^= (u64)(i64)signed_steps(i ^ crc);
    }
    data[round & (sizeof data - 1)] ^= crc;
  }
  checksum(mix(sum, crc));
  return 0;
}
