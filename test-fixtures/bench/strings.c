/* String functions as loops of our own: length, compare, search, copy, case, split, word counts, edit distance. */
#include "bench.h"

#define SIZE 16384
static char text[SIZE + 1], copy[SIZE + 1];

static NOINLINE u32 length(const char *s) {
  const char *at = s;
  while (*at) at++;
  return at - s;
}

static NOINLINE int compare(const char *a, const char *b) {
  while (*a && *a == *b) a++, b++;
  return (u8)*a - (u8)*b;
}

static NOINLINE const char *find_char(const char *s, char wanted) {
  for (; *s; s++)
    if (*s == wanted) return s;
  return 0;
}

static NOINLINE const char *find(const char *s, const char *wanted) {
  for (; *s; s++) {
    u32 i = 0;
    while (wanted[i] && s[i] == wanted[i]) i++;
    if (!wanted[i]) return s;
  }
  return 0;
}

static NOINLINE void copy_string(char *to, const char *from) {
  while ((*to++ = *from++)) {
  }
}

static NOINLINE u32 upper(char *s) {
  u32 changed = 0;
  for (; *s; s++)
    if (*s >= 'a' && *s <= 'z') *s -= 32, changed++;
  return changed;
}

static NOINLINE u64 words(const char *s) {
  u64 sum = 0;
  u32 count = 0, hash = 0;
  int inside = 0;
  for (; *s; s++) {
    int letter = (*s | 32) >= 'a' && (*s | 32) <= 'z';
    if (letter) hash = hash * 31 + *s;
    else if (inside) sum += hash, hash = 0, count++;
    inside = letter;
  }
  return sum * 3 + count;
}

static NOINLINE u32 distance(const char *a, u32 m, const char *b, u32 n) {
  static u16 row[257];
  for (u32 j = 0; j <= n; j++) row[j] = j;
  for (u32 i = 1; i <= m; i++) {
    u32 diagonal = row[0];
    row[0] = i;
    for (u32 j = 1; j <= n; j++) {
      u32 above = row[j], best = diagonal + (a[i - 1] != b[j - 1]);
      if (above + 1 < best) best = above + 1;
      if (row[j - 1] + 1u < best) best = row[j - 1] + 1u;
      diagonal = above;
      row[j] = best;
    }
  }
  return row[n];
}

int main(int argc, char **argv) {
  u64 repeat = rounds(argc, argv, 4200), sum = 0;
  for (u32 i = 0; i < SIZE; i++) text[i] = next_random() % 6 == 0 ? ' ' : 'a' + next_random() % 26;
  for (u64 round = 0; round < repeat; round++) {
    copy_string(copy, text);
    sum += length(text) + compare(text, copy);
    const char *found = find(text, "zebra");
    sum += found ? found - text : SIZE;
    u32 count = 0;
    for (const char *at = text; (at = find_char(at, 'q')); at++) count++;
    sum = mix(sum, words(copy)) + upper(copy) + count;
    sum += distance(text + round % 1000, 120, text + 4000, 128);
    text[(u32)(sum % SIZE)] = 'a' + sum % 26;
  }
  checksum(sum);
  return 0;
}
