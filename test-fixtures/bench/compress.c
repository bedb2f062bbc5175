/* Compression: LZ77 with hash chains, canonical Huffman codes for what it leaves, and back again. */
#include "bench.h"

#define SIZE 65536
#define WINDOW 8192
static u8 text[SIZE], packed[2 * SIZE], bits[2 * SIZE], unbits[2 * SIZE], restored[SIZE + 64];
static i32 heads[8192], chain[SIZE];

static void make_text(void) {
  static const char *const words[] = {"the ",  "valley ", "of ",   "glass ", "held ", "a ",     "quiet ", "machine ",
                                      "which ", "counted ", "every ", "leaf\n", "and ",  "forgot ", "none, ", "again "};
  for (u32 at = 0; at < SIZE;)
    for (const char *word = words[next_random() >> 60]; *word && at < SIZE; word++)
      text[at++] = next_random() >> 58 == 0 ? 'A' + (next_random() >> 60) : *word;
}

/* Tokens: 0, n, n+1 literals; or length - 3 (1..255), distance in two bytes. */
static NOINLINE u32 compress(const u8 *from, u32 size, u8 *to) {
  u32 out = 0, literals = 0;
  for (u32 i = 0; i < 8192; i++) heads[i] = -1;
  for (u32 at = 0; at < size;) {
    u32 best = 0, distance = 0;
    if (at + 4 <= size) {
      u32 hash = ((u32)from[at] << 16 | from[at + 1] << 8 | from[at + 2]) * 2654435761u >> 19;
      i32 candidate = heads[hash];
      for (int tries = 24; candidate >= 0 && at - candidate < WINDOW && tries > 0; tries--, candidate = chain[candidate]) {
        u32 length = 0, limit = size - at < 258 ? size - at : 258;
        if (from[candidate + best] != from[at + best]) continue;
        while (length < limit && from[candidate + length] == from[at + length]) length++;
        if (length > best) {
          best = length;
          distance = at - candidate;
          if (best >= limit) break;
        }
      }
      chain[at] = heads[hash];
      heads[hash] = at;
    }
    if (best >= 4) {
      to[out++] = best - 3;
      to[out++] = distance;
      to[out++] = distance >> 8;
      at += best;
      literals = 0;
    } else {
      if (literals == 0 || to[literals] == 255) {
        to[out++] = 0;
        literals = out;
        to[out++] = 0;
      } else {
        to[literals]++;
      }
      to[out++] = from[at++];
    }
  }
  return out;
}

static NOINLINE u32 expand(const u8 *from, u32 size, u8 *to) {
  u32 out = 0;
  for (u32 at = 0; at < size;) {
    u32 token = from[at++];
    if (token == 0) {
      for (u32 count = from[at++] + 1; count > 0; count--) to[out++] = from[at++];
    } else {
      u32 distance = from[at] | from[at + 1] << 8;
      at += 2;
      for (u32 length = token + 3; length > 0; length--, out++) to[out] = to[out - distance];
    }
  }
  return out;
}

struct code {
  u8 length;
  u32 bits;
};

/* Code lengths by repeated merging of the two lightest trees; then canonical codes. */
static NOINLINE void make_codes(const u32 *counts, struct code *codes) {
  u32 weight[512], parent[512], alive[256], count = 0, nodes = 256;
  for (u32 i = 0; i < 256; i++) {
    weight[i] = counts[i];
    codes[i].length = 0;
    if (counts[i]) alive[count++] = i;
  }
  while (count > 1) {
    u32 a = 0, b = 1;
    if (weight[alive[b]] < weight[alive[a]]) a = 1, b = 0;
    for (u32 i = 2; i < count; i++) {
      if (weight[alive[i]] < weight[alive[a]]) b = a, a = i;
      else if (weight[alive[i]] < weight[alive[b]]) b = i;
    }
    weight[nodes] = weight[alive[a]] + weight[alive[b]];
    parent[alive[a]] = parent[alive[b]] = nodes;
    alive[a] = nodes++;
    alive[b] = alive[--count];
  }
  u32 root = nodes - 1, code = 0;
  for (u32 i = 0; i < 256; i++)
    if (counts[i])
      for (u32 at = i; at != root; at = parent[at]) codes[i].length++;
  for (u32 length = 1; length < 32; length++, code <<= 1)
    for (u32 i = 0; i < 256; i++)
      if (codes[i].length == length) codes[i].bits = code++;
}

static NOINLINE u32 pack(const u8 *from, u32 size, const struct code *codes, u8 *to) {
  u64 pending = 0;
  u32 have = 0, out = 0;
  for (u32 i = 0; i < size; i++) {
    pending = pending << codes[from[i]].length | codes[from[i]].bits;
    for (have += codes[from[i]].length; have >= 8; have -= 8) to[out++] = pending >> (have - 8);
  }
  if (have) to[out++] = pending << (8 - have);
  return out;
}

static NOINLINE void unpack(const u8 *from, u32 size, const struct code *codes, u8 *to) {
  u32 first[33] = {0}, count[33] = {0}, start[33], next = 0, at = 0, have = 0, window = 0;
  u8 symbols[256];
  for (u32 length = 1; length < 33; length++) {
    start[length] = next;
    for (u32 i = 0; i < 256; i++)
      if (codes[i].length == length) {
        if (count[length]++ == 0) first[length] = codes[i].bits;
        symbols[next++] = i;
      }
  }
  for (u32 out = 0; out < size; out++) {
    u32 code = 0, length = 0;
    for (;;) {
      if (have == 0) window = from[at++], have = 8;
      code = code << 1 | (window >> --have & 1);
      length++;
      if (count[length] && code - first[length] < count[length]) break;
    }
    to[out] = symbols[start[length] + code - first[length]];
  }
}

int main(int argc, char **argv) {
  u64 repeat = rounds(argc, argv, 400), sum = 0;
  for (u64 round = 0; round < repeat; round++) {
    make_text();
    u32 size = compress(text, SIZE, packed), counts[256] = {0};
    struct code codes[256];
    for (u32 i = 0; i < size; i++) counts[packed[i]]++;
    make_codes(counts, codes);
    u32 end = pack(packed, size, codes, bits);
    unpack(bits, size, codes, unbits);
    if (expand(unbits, size, restored) != SIZE) return 1;
    for (u32 i = 0; i < SIZE; i++)
      if (text[i] != restored[i]) return 2;
    for (u32 i = 0; i < end; i++) sum = sum * 31 + bits[i];
    sum = mix(sum, size);
  }
  checksum(sum);
  return 0;
}
