/* The same interpreter with computed jumps: one indirect jump per operation. */
#include "vm.h"

static NOINLINE u32 run(void) {
  static const void *const labels[] = {&&load, &&move,  &&add,   &&subtract, &&multiply, &&and_,  &&xor_,    &&shift,
                                       &&get,  &&put,   &&less,  &&jump,     &&jump_if,  &&call,  &&return_, &&halt};
  u32 pc = 0, depth = 0, executed = 0;
  i32 *r = registers;
  const struct instruction *i;
#define NEXT                    \
  do {                          \
    i = &program[pc++];         \
    executed++;                 \
    goto *labels[i->operation]; \
  } while (0)
  NEXT;
load: r[i->a] = i->value; NEXT;
move: r[i->a] = r[i->b]; NEXT;
add: r[i->a] = (u32)r[i->b] + (u32)r[i->c]; NEXT;
subtract: r[i->a] = (u32)r[i->b] - (u32)r[i->c]; NEXT;
multiply: r[i->a] = (u32)r[i->b] * (u32)r[i->c]; NEXT;
and_: r[i->a] = r[i->b] & r[i->c]; NEXT;
xor_: r[i->a] = r[i->b] ^ r[i->c]; NEXT;
shift: r[i->a] = (u32)r[i->b] << i->value; NEXT;
get: r[i->a] = memory[r[i->b] & 63]; NEXT;
put: memory[r[i->a] & 63] = r[i->b]; NEXT;
less: r[i->a] = r[i->b] < r[i->c]; NEXT;
jump: pc = i->value; NEXT;
jump_if:
  if (r[i->a]) pc = i->value;
  NEXT;
call:
  stack[depth++ & 15] = pc;
  pc = i->value;
  NEXT;
return_: pc = stack[--depth & 15]; NEXT;
halt: return executed;
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
