/* The least a person tries first. */
#include <stdio.h>

static int greet(const char *whom, int times) {
  int printed = 0;
  for (int i = 0; i < times; i++) {
    printed += printf("Hello, %s! (%d)\n", whom, i + 1); // BREAK: greet
  }
  return printed;
}

int main(int argc, char **argv) {
  const char *whom = argc > 1 ? argv[1] : "world";
  int printed = greet(whom, 3); // BREAK: main
  printf("%d characters\n", printed);
  return 0; // BREAK: end
}
