/* Position-independent: whatever the load address, tables of pointers have to be right. */
#include "../tiny.h"

static int twice(int value) {
  return value * 2; // BREAK: twice
}

static int square(int value) {
  return value * value;
}

struct step {
  const char *name;
  int (*work)(int);
};

const struct step steps[] = {{"twice", twice}, {"square", square}, {"twice again", twice}};

int main(int argc, char **argv) {
  (void)argv;
  int value = argc + 2;
  for (int i = 0; i < 3; i++) {
    value = steps[i].work(value); // BREAK: main
    print_line(steps[i].name, value);
  }
  return value; // BREAK: end
}
