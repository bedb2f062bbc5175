/* A C runtime of one page for fixtures that need no library: program entry, system calls and plain output. */
#ifndef TINY_H
#define TINY_H

static long tiny_syscall(long number, long first, long second, long third) {
  register long a0 asm("a0") = first;
  register long a1 asm("a1") = second;
  register long a2 asm("a2") = third;
  register long a7 asm("a7") = number;
  asm volatile("ecall" : "+r"(a0) : "r"(a1), "r"(a2), "r"(a7) : "memory");
  return a0;
}

static void tiny_exit(int status) {
  for (;;) tiny_syscall(94, status, 0, 0);
}

static void print(const char *text) {
  long length = 0;
  while (text[length]) length++;
  tiny_syscall(64, 1, (long)text, length);
}

static void print_number(long value) {
  char digits[24];
  int at = sizeof digits - 1;
  unsigned long rest = value < 0 ? -(unsigned long)value : (unsigned long)value;
  digits[at] = 0;
  do digits[--at] = '0' + rest % 10;
  while (rest /= 10);
  if (value < 0) digits[--at] = '-';
  print(digits + at);
}

/* "name = value\n" */
__attribute__((unused)) static void print_line(const char *name, long value) {
  print(name);
  print(" = ");
  print_number(value);
  print("\n");
}

__attribute__((unused)) static long parse_number(const char *text) {
  long value = 0;
  while (*text >= '0' && *text <= '9') value = value * 10 + (*text++ - '0');
  return value;
}

int main(int argc, char **argv);

#ifdef TINY_RELOCATE
/* A position-independent program relocates itself: every R_RISCV_RELATIVE gets the load address added. */
struct tiny_dynamic {
  long tag;
  unsigned long value;
};
struct tiny_relocation {
  unsigned long offset;
  unsigned long info;
  unsigned long addend;
};
extern const struct tiny_dynamic tiny_dynamic[] asm("_DYNAMIC") __attribute__((visibility("hidden")));
extern const char tiny_base[] asm("__ehdr_start") __attribute__((visibility("hidden")));

static void tiny_relocate(void) {
  unsigned long base = (unsigned long)tiny_base, table = 0, size = 0;
  for (const struct tiny_dynamic *at = tiny_dynamic; at->tag; at++) {
    if (at->tag == 7) table = base + at->value;
    if (at->tag == 8) size = at->value;
  }
  for (unsigned long done = 0; done < size; done += sizeof(struct tiny_relocation)) {
    const struct tiny_relocation *relocation = (const struct tiny_relocation *)(table + done);
    if ((relocation->info & 0xffffffff) == 3) *(unsigned long *)(base + relocation->offset) = base + relocation->addend;
  }
}
#endif

__attribute__((used)) static void tiny_start(long *stack) {
#ifdef TINY_RELOCATE
  tiny_relocate();
#endif
  tiny_exit(main((int)stack[0], (char **)(stack + 1)));
}

asm(".globl _start\n"
    ".type _start, @function\n"
    "_start:\n"
    "  .cfi_startproc\n"
    "  .cfi_undefined ra\n"
    "  .option push\n"
    "  .option norelax\n"
    "  lla gp, __global_pointer$\n"
    "  .option pop\n"
    "  mv a0, sp\n"
    "  andi sp, sp, -16\n"
    "  call tiny_start\n"
    "  ebreak\n"
    "  .cfi_endproc\n"
    "  .size _start, . - _start\n");

#endif
