/* The C library's string functions: memcpy, memmove, memset, memchr, memcmp, strlen, strchr, strstr, strcmp, strtok. */
#define BENCH_LIBC
#include "bench.h"

#define SIZE 16384
static char text[SIZE + 1], other[SIZE + 1];

int main(int argc, char **argv) {
  u64 repeat = rounds(argc, argv, 2500), sum = 0;
  for (u32 i = 0; i < SIZE; i++) text[i] = next_random() % 7 == 0 ? ' ' : 'a' + next_random() % 26;
  for (u64 round = 0; round < repeat; round++) {
    memcpy(other, text, SIZE + 1);
    memmove(other + 3, other, SIZE - 3);
    sum += memcmp(text, other + 3, SIZE - 3) == 0;
    sum += strlen(other) + strlen(text + round % 64);
    u32 spaces = 0;
    for (const char *at = text; (at = strchr(at, ' ')); at++) spaces++;
    for (const char *at = text; (at = memchr(at, 'x', text + SIZE - at)); at++) spaces += 3;
    const char *found = strstr(text, "zyx");
    sum = mix(sum, spaces + (found ? found - text : 0));
    char *state;
    for (char *word = strtok_r(other, " ", &state); word; word = strtok_r(0, " ", &state)) {
      sum += strcmp(word, "machine") < 0 ? 1 : 3;
      sum += strncmp(word, text + (sum & 1023), 2) == 0;
    }
    for (u32 size = 1; size < 400; size += 3) memcpy(other + size % 8, text + size, size);
    memset(other, 'a' + (int)(round % 26), SIZE / 2);
    sum += strspn(other, "abcdefghij") + (u8)other[9];
    text[(u32)(sum % SIZE)] = 'a' + sum % 26;
  }
  checksum(sum);
  return 0;
}
