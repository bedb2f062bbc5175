/* Deep and wide call trees: recursion [fib N] [ackermann M N] [hanoi N]. */
#include "../tiny.h"

static long fib(long n) {
  if (n < 2) return n; // BREAK: fib-leaf
  return fib(n - 1) + fib(n - 2);
}

static long ackermann(long m, long n) {
  if (m == 0) return n + 1;
  if (n == 0) return ackermann(m - 1, 1);
  return ackermann(m - 1, ackermann(m, n - 1));
}

static long moves;

static void hanoi(int discs, char from, char to, char spare) {
  if (discs == 0) return; // BREAK: hanoi-bottom
  hanoi(discs - 1, from, spare, to);
  moves++;
  hanoi(discs - 1, spare, to, from);
}

static int even(int n);

static int odd(int n) {
  return n == 0 ? 0 : even(n - 1);
}

static int even(int n) {
  return n == 0 ? 1 : odd(n - 1); // BREAK: even
}

int main(int argc, char **argv) {
  long depth = argc > 1 ? parse_number(argv[1]) : 12;
  print_line("fib", fib(depth)); // BREAK: main
  print_line("ackermann", ackermann(2, depth));
  hanoi((int)depth, 'A', 'C', 'B');
  print_line("hanoi", moves);
  print_line("even", even((int)depth * 10));
  return (int)(depth & 0x7f); // BREAK: end
}
