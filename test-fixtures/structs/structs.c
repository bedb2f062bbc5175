/* What a debugger must show: structs, unions, enums, arrays, pointers, bit fields, statics, nested scopes. */
#include "../tiny.h"

enum colour { RED, GREEN = 5, BLUE = -2 };

typedef unsigned char byte;
typedef int (*operation)(int, int);

struct point {
  int x;
  int y;
};

union number {
  long whole;
  double real;
  byte bytes[8];
};

struct flags {
  unsigned ready : 1;
  unsigned mode : 3;
  signed level : 5;
};

struct node {
  const char *name;
  struct point where;
  enum colour colour;
  union number value;
  struct flags flags;
  struct node *next;
  struct {
    short low;
    short high;
  } range;
};

static struct node nodes[4];
static int calls;
int matrix[2][3] = {{1, 2, 3}, {4, 5, 6}};
const char *const colour_names[] = {"red", "green", "blue"};
double ratio = 0.125;
float single = -1.5f;

static int add(int a, int b) {
  calls++;
  return a + b; // BREAK: add
}

static int multiply(int a, int b) {
  int product = a * b;
  calls++;
  return product; // BREAK: multiply
}

static struct point midpoint(struct point a, struct point b) {
  struct point middle = {(a.x + b.x) / 2, (a.y + b.y) / 2};
  return middle; // BREAK: midpoint
}

static struct node *build(void) {
  static const char *const names[] = {"alpha", "beta", "gamma", "delta"};
  struct node *head = 0;
  for (int i = 3; i >= 0; i--) {
    struct node *node = &nodes[i];
    node->name = names[i];
    node->where.x = i * 10;
    node->where.y = -i;
    node->colour = i == 0 ? RED : i == 1 ? GREEN : BLUE;
    node->value.real = i + 0.5;
    node->flags.ready = i & 1;
    node->flags.mode = i + 2;
    node->flags.level = -i;
    node->range.low = (short)(i - 100);
    node->range.high = (short)(i + 100);
    node->next = head;
    head = node; // BREAK: build-loop
  }
  return head; // BREAK: build
}

static long sum_list(const struct node *head) {
  long sum = 0;
  for (const struct node *at = head; at; at = at->next) {
    long weight = at->where.x - at->where.y;
    sum += weight * (at->flags.ready ? 3 : 1); // BREAK: sum-loop
  }
  return sum;
}

static int fold(operation op, const int *values, int count) {
  int result = values[0];
  for (int i = 1; i < count; i++) result = op(result, values[i]);
  return result;
}

int main(int argc, char **argv) {
  (void)argc;
  (void)argv;
  struct node *head = build();
  char text[] = "terrarium";
  int primes[5] = {2, 3, 5, 7, 11};
  int *middle = &primes[2];
  signed char tiny = -7;
  unsigned long big = 0xfedcba9876543210UL;
  print_line("sum", sum_list(head)); // BREAK: main
  print_line("added", fold(add, primes, 5));
  print_line("multiplied", fold(multiply, primes, 5));
  struct point between = midpoint(nodes[1].where, nodes[3].where);
  print_line("between.x", between.x);
  print_line("between.y", between.y);
  {
    int tiny = matrix[1][2] + *middle;
    print_line("inner", tiny); // BREAK: inner-scope
  }
  print_line("tiny", tiny);
  print_line("big", (long)(big >> 60));
  print_line("ratio", (long)(ratio * 1000 + single));
  print_line("bytes", head->next->value.bytes[7]);
  print(text);
  print("\n");
  print(colour_names[calls % 3]);
  print("\n");
  return calls; // BREAK: end
}
