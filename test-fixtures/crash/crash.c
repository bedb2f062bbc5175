/* Ends by a wild pointer, a few frames deep. */
#include "../tiny.h"

struct account {
  long balance;
  struct account *partner;
};

static long settle(struct account *account) {
  return account->partner->balance; // BREAK: culprit
}

static long audit(struct account *accounts, int count) {
  long sum = 0;
  for (int i = 0; i < count; i++) sum += settle(&accounts[i]);
  return sum;
}

int main(int argc, char **argv) {
  (void)argc;
  (void)argv;
  struct account accounts[2] = {{100, 0}, {250, (struct account *)0xdead0000beef0008}};
  accounts[0].partner = &accounts[1];
  print("before\n");
  print_line("sum", audit(accounts, 2)); // BREAK: main
  return 0;
}
