/* Hashing: SipHash-2-4 over short keys, an open addressing table with removal, a counting table. */
#include "bench.h"

#define SLOTS 32768
#define KEYS 16384
struct slot {
  u64 hash;
  u32 key, value;
};
static struct slot slots[SLOTS];
static u8 names[KEYS][16];
static u32 used;

static u64 turn(u64 x, int by) { return x << by | x >> (64 - by); }

#define SIP_ROUND                                                                                              \
  v0 += v1, v1 = turn(v1, 13) ^ v0, v0 = turn(v0, 32), v2 += v3, v3 = turn(v3, 16) ^ v2, v0 += v3,              \
      v3 = turn(v3, 21) ^ v0, v2 += v1, v1 = turn(v1, 17) ^ v2, v2 = turn(v2, 32)

static NOINLINE u64 siphash(const u8 *key, u32 size) {
  u64 v0 = 0x736f6d6570736575ull ^ 1, v1 = 0x646f72616e646f6dull ^ 2, v2 = 0x6c7967656e657261ull ^ 1,
      v3 = 0x7465646279746573ull ^ 2, last = (u64)size << 56;
  u32 i = 0;
  for (; i + 8 <= size; i += 8) {
    u64 m = 0;
    for (int k = 7; k >= 0; k--) m = m << 8 | key[i + k];
    v3 ^= m;
    SIP_ROUND;
    SIP_ROUND;
    v0 ^= m;
  }
  for (int k = 0; i < size; i++, k += 8) last |= (u64)key[i] << k;
  v3 ^= last;
  SIP_ROUND;
  SIP_ROUND;
  v0 ^= last;
  v2 ^= 0xff;
  SIP_ROUND;
  SIP_ROUND;
  SIP_ROUND;
  SIP_ROUND;
  return v0 ^ v1 ^ v2 ^ v3;
}

static u32 name_length(u32 key) { return 5 + key % 11; }

static int same(u32 a, u32 b) {
  if (name_length(a) != name_length(b)) return 0;
  for (u32 i = 0; i < name_length(a); i++)
    if (names[a][i] != names[b][i]) return 0;
  return 1;
}

static NOINLINE struct slot *locate(u32 key) {
  u64 hash = siphash(names[key], name_length(key)) | 1;
  u32 at = hash >> 40 & (SLOTS - 1);
  while (slots[at].hash && !(slots[at].hash == hash && same(slots[at].key, key))) at = (at + 1) & (SLOTS - 1);
  if (!slots[at].hash) {
    slots[at].hash = hash;
    slots[at].key = key;
    slots[at].value = 0;
    used++;
  }
  return &slots[at];
}

/* Backward-shift deletion: no tombstones. */
static NOINLINE void forget(u32 key) {
  u32 hole = locate(key) - slots;
  for (u32 at = (hole + 1) & (SLOTS - 1); slots[at].hash; at = (at + 1) & (SLOTS - 1)) {
    u32 home = slots[at].hash >> 40 & (SLOTS - 1);
    if (((at - home) & (SLOTS - 1)) < ((at - hole) & (SLOTS - 1))) continue;
    slots[hole] = slots[at];
    hole = at;
  }
  slots[hole].hash = 0;
  used--;
}

int main(int argc, char **argv) {
  u64 repeat = rounds(argc, argv, 600), sum = 0;
  for (u32 i = 0; i < KEYS; i++)
    for (int k = 0; k < 16; k++) names[i][k] = k < 4 ? i >> 8 * k : next_random();
  for (u64 round = 0; round < repeat; round++) {
    for (u32 i = 0; i < 12000; i++) {
      u32 key = next_random() >> 50;
      struct slot *slot = locate(key);
      slot->value += i;
      sum += slot->value;
    }
    for (u32 i = 0; i < 2000; i++) forget(next_random() >> 50);
    sum = mix(sum, used);
  }
  checksum(sum);
  return 0;
}
