/* An interpreter's loop as a switch. */
#include "vm.h"

static NOINLINE u32 run(void) {
  u32 pc = 0, depth = 0, executed = 0;
  i32 *r = registers;
  for (;;) {
    const struct instruction *i = &program[pc++];
    executed++;
    switch (i->operation) {
      case LOAD: r[i->a] = i->value; break;
      case MOVE: r[i->a] = r[i->b]; break;
      case ADD: r[i->a] = (u32)r[i->b] + (u32)r[i->c]; break;
      case SUBTRACT: r[i->a] = (u32)r[i->b] - (u32)r[i->c]; break;
      case MULTIPLY: r[i->a] = (u32)r[i->b] * (u32)r[i->c]; break;
      case AND: r[i->a] = r[i->b] & r[i->c]; break;
      case XOR: r[i->a] = r[i->b] ^ r[i->c]; break;
      case SHIFT: r[i->a] = (u32)r[i->b] << i->value; break;
      case GET: r[i->a] = memory[r[i->b] & 63]; break;
      case PUT: memory[r[i->a] & 63] = r[i->b]; break;
      case LESS: r[i->a] = r[i->b] < r[i->c]; break;
      case JUMP: pc = i->value; break;
      case JUMP_IF:
        if (r[i->a]) pc = i->value;
        break;
      case CALL:
        stack[depth++ & 15] = pc;
        pc = i->value;
        break;
      case RETURN: pc = stack[--depth & 15]; break;
      default: return executed;
    }
  }
}

int main(int argc, char **argv) {
  u64 repeat = rounds(argc, argv, 220), sum = 0;
  for (u64 round = 0; round < repeat; round++) {
    registers[8] = round;
    sum = mix(sum, run());
    for (int i = 0; i < 16; i++) sum = mix(sum, registers[i]);
    for (int i = 0; i < 64; i++) sum += (u64)memory[i] << i % 7;
  }
  checksum(sum);
  return 0;
}
