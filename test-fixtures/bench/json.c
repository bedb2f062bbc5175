/* A text parser: JSON made, tokenized and parsed by recursive descent into a tree, numbers read, the tree summed. */
#include "bench.h"

#define SIZE 65536
static char text[SIZE + 512];
static u32 end;

struct value {
  enum { NONE, TRUE, FALSE, NUMBER, STRING, ARRAY, OBJECT } kind;
  u32 count;
  union {
    i64 number;
    const char *string;
    struct value *first;
  } is;
  struct value *next;
  const char *name;
  u32 name_length;
};
static struct value values[SIZE / 2];
static u32 made;

static void put(const char *s) {
  while (*s) text[end++] = *s++;
}

static void put_value(u32 depth) {
  u32 kind = next_random() >> 60;
  if (depth > 0 && kind < 4) {
    put("{");
    for (u32 i = 0, count = next_random() >> 61; i <= count; i++) {
      put(i ? ", \"" : "\"");
      for (u32 k = 3 + (next_random() >> 61); k > 0; k--) text[end++] = 'a' + next_random() % 26;
      put("\": ");
      put_value(depth - 1);
    }
    put("}");
  } else if (depth > 0 && kind < 8) {
    put("[");
    for (u32 i = 0, count = next_random() >> 61; i <= count; i++) {
      if (i) put(",\n  ");
      put_value(depth - 1);
    }
    put("]");
  } else if (kind < 11) {
    char digits[16];
    int at = 15;
    u32 number = next_random() >> 40;
    digits[15] = 0;
    if (number & 1) put("-");
    do digits[--at] = '0' + number % 10;
    while (number /= 10);
    put(digits + at);
    if (kind == 10) put(".25");
  } else if (kind < 14) {
    put("\"");
    for (u32 k = next_random() >> 59; k > 0; k--) text[end++] = '#' + next_random() % 56;
    put("\\n\"");
  } else {
    put(kind == 14 ? "true" : "null");
  }
}

static const char *at;
static int failed;

static void space(void) {
  while (*at == ' ' || *at == '\n' || *at == '\t' || *at == '\r') at++;
}

static int accept(const char *word) {
  const char *from = at;
  while (*word)
    if (*from++ != *word++) return 0;
  at = from;
  return 1;
}

static u32 parse_string(void) {
  u32 length = 0;
  for (at++; *at != '"'; at++, length++) {
    if (*at == '\\') at++;
    if (*at == 0) {
      failed = 1;
      return 0;
    }
  }
  at++;
  return length;
}

static struct value *parse(void) {
  struct value *one = &values[made++];
  one->next = 0;
  one->count = 0;
  space();
  switch (*at) {
    case '{':
    case '[': {
      char close = *at == '{' ? '}' : ']';
      struct value **last = &one->is.first;
      one->kind = *at == '{' ? OBJECT : ARRAY;
      one->is.first = 0;
      at++;
      for (space(); *at != close && !failed; one->count++) {
        const char *name = at;
        u32 length = 0;
        if (one->kind == OBJECT) {
          length = parse_string();
          space();
          if (*at++ != ':') failed = 1;
        }
        *last = parse();
        (*last)->name = name;
        (*last)->name_length = length;
        last = &(*last)->next;
        space();
        if (*at == ',') at++, space();
        else if (*at != close) failed = 1;
      }
      at++;
      break;
    }
    case '"':
      one->kind = STRING;
      one->is.string = at + 1;
      one->count = parse_string();
      break;
    case 't':
    case 'f': one->kind = accept("true") ? TRUE : accept("false") ? FALSE : (failed = 1, NONE); break;
    case 'n':
      one->kind = NONE;
      if (!accept("null")) failed = 1;
      break;
    default: {
      int negative = *at == '-';
      i64 number = 0, scale = 1000;
      if (negative) at++;
      if (*at < '0' || *at > '9') failed = 1;
      while (*at >= '0' && *at <= '9') number = number * 10 + *at++ - '0';
      number *= 1000;
      if (*at == '.')
        for (at++; *at >= '0' && *at <= '9';) scale /= 10, number += (*at++ - '0') * scale;
      one->kind = NUMBER;
      one->is.number = negative ? -number : number;
    }
  }
  return one;
}

static u64 fold(const struct value *one, u64 sum) {
  for (u32 i = 0; i < one->name_length; i++) sum = sum * 31 + one->name[i];
  switch (one->kind) {
    case NUMBER: return sum + one->is.number;
    case STRING:
      for (u32 i = 0; i < one->count; i++) sum ^= (u64)one->is.string[i] << i % 32;
      return sum;
    case ARRAY:
    case OBJECT:
      for (const struct value *each = one->is.first; each; each = each->next) sum = fold(each, sum * 3);
      return sum + one->count;
    default: return sum * 5 + one->kind;
  }
}

int main(int argc, char **argv) {
  u64 repeat = rounds(argc, argv, 3300), sum = 0;
  put("[");
  while (end < SIZE - 8192) {
    put_value(4);
    put(",");
  }
  put("0]");
  text[end] = 0;
  for (u64 round = 0; round < repeat; round++) {
    made = 0;
    at = text;
    values[0].name_length = 0;
    struct value *root = parse();
    if (failed) return 1;
    sum = mix(sum, fold(root, round));
  }
  checksum(sum);
  return 0;
}
