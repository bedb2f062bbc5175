/* Jump tables: a tokenizer's state machine over characters, and a large dense switch. */
#include "bench.h"

#define SIZE 32768
static u8 input[SIZE];

enum state { START, NAME, NUMBER, FRACTION, EXPONENT, STRING, ESCAPE, COMMENT, OPERATOR, SLASH, DIRECTIVE, FAULT };

static NOINLINE u64 scan(const u8 *at, u32 size) {
  u64 sum = 0;
  u32 tokens = 0, state = START;
  for (u32 i = 0; i < size; i++) {
    u8 c = at[i];
    switch (state) {
      case START:
        tokens++;
        if (c >= 'a') state = NAME;
        else if (c >= '0' && c <= '9') state = NUMBER;
        else if (c == '"') state = STRING;
        else if (c == '/') state = SLASH;
        else if (c == '#') state = DIRECTIVE;
        else if (c > ' ') state = OPERATOR;
        break;
      case NAME: state = c >= '0' ? NAME : START; break;
      case NUMBER: state = c >= '0' && c <= '9' ? NUMBER : c == '.' ? FRACTION : c == 'e' ? EXPONENT : START; break;
      case FRACTION: state = c >= '0' && c <= '9' ? FRACTION : c == 'e' ? EXPONENT : START; break;
      case EXPONENT: state = c >= '0' && c <= '9' ? EXPONENT : c == '-' ? EXPONENT : START; break;
      case STRING: state = c == '"' ? START : c == '\\' ? ESCAPE : STRING; break;
      case ESCAPE: state = c < ' ' ? FAULT : STRING; break;
      case COMMENT: state = c == '\n' || c == '*' ? START : COMMENT; break;
      case OPERATOR: state = c > ' ' && c < '0' ? OPERATOR : START; break;
      case SLASH: state = c == '/' || c == '*' ? COMMENT : START; break;
      case DIRECTIVE: state = c == '\n' || c == ';' ? START : DIRECTIVE; break;
      default: state = START, sum ^= i;
    }
    sum += (u64)state * c + tokens;
  }
  return sum;
}

static NOINLINE u64 operate(const u8 *at, u32 size) {
  u64 a = 1, b = 2, c = 3;
  for (u32 i = 0; i < size; i++) switch (at[i] & 31) {
      case 0: a += b; break;
      case 1: b ^= a << 3; break;
      case 2: c -= a; break;
      case 3: a = a >> 3 ^ c; break;
      case 4: b += 77; break;
      case 5: c ^= b; break;
      case 6: a *= 3; break;
      case 7: b -= c >> 1; break;
      case 8: c += i; break;
      case 9: a ^= 0x5555; break;
      case 10: b = ~b; break;
      case 11: c = c << 5 | c >> 59; break;
      case 12: a -= i; break;
      case 13: b *= 5; break;
      case 14: c += a & b; break;
      case 15: a |= 1; break;
      case 16: b &= ~16ull; break;
      case 17: c ^= a | b; break;
      case 18: a += c >> 7; break;
      case 19: b ^= 0x33; break;
      case 20: c *= 7; break;
      case 21: a = b + c; break;
      case 22: b = a - c; break;
      case 23: c = a ^ b; break;
      case 24: a = -a; break;
      case 25: b >>= 1; break;
      case 26: c += 1; break;
      case 27: a ^= a << 9; break;
      case 28: b ^= b >> 11; break;
      case 29: c -= 0x123; break;
      case 30: a += 0x777; break;
      default: b += at[i]; break;
    }
  return a ^ b ^ c;
}

int main(int argc, char **argv) {
  static const char common[] = "abcxyz019 .e\"\\/*#;+-(){}\n  \t,<>=";
  u64 repeat = rounds(argc, argv, 1200), sum = 0;
  for (u32 i = 0; i < SIZE; i++) input[i] = common[next_random() % (sizeof common - 1)];
  for (u64 round = 0; round < repeat; round++) {
    sum = mix(sum, scan(input, SIZE));
    sum = mix(sum, operate(input, SIZE));
    for (u32 i = 0; i < 64; i++) input[next_random() % SIZE] = common[next_random() % (sizeof common - 1)];
  }
  checksum(sum);
  return 0;
}
