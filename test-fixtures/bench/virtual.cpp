/* Virtual calls: a tree of expression nodes, a list of shapes, visitors, and functions by pointer. */
#include "bench.h"

inline void *operator new(unsigned long, void *place) noexcept { return place; }

static char arena[1 << 20] __attribute__((aligned(16)));
static unsigned long used;
template <class T> static T *make() {
  T *one = new (arena + used) T;
  used += (sizeof(T) + 15) & ~15ul;
  return one;
}

struct Node {
  virtual i64 evaluate(const i64 *variables) const = 0;
  virtual u32 size() const = 0;
};

struct Constant : Node {
  i64 value;
  i64 evaluate(const i64 *) const override { return value; }
  u32 size() const override { return 1; }
};
struct Variable : Node {
  u32 index;
  i64 evaluate(const i64 *variables) const override { return variables[index]; }
  u32 size() const override { return 1; }
};
struct Binary : Node {
  const Node *left, *right;
  u32 size() const override { return 1 + left->size() + right->size(); }
};
struct Sum : Binary {
  i64 evaluate(const i64 *v) const override { return left->evaluate(v) + right->evaluate(v); }
};
struct Difference : Binary {
  i64 evaluate(const i64 *v) const override { return left->evaluate(v) - right->evaluate(v); }
};
struct Product : Binary {
  i64 evaluate(const i64 *v) const override { return left->evaluate(v) * right->evaluate(v); }
};
struct Choice : Binary {
  i64 evaluate(const i64 *v) const override { return v[0] & 1 ? left->evaluate(v) : right->evaluate(v); }
};

static Node *grow(u32 depth) {
  u32 kind = next_random() >> 60;
  if (depth == 0 || kind == 15) {
    if (kind & 1) {
      Constant *one = make<Constant>();
      one->value = next_random() >> 56;
      return one;
    }
    Variable *one = make<Variable>();
    one->index = next_random() >> 62;
    return one;
  }
  Binary *one = kind < 5 ? (Binary *)make<Sum>() : kind < 9 ? (Binary *)make<Difference>() : kind < 13 ? (Binary *)make<Product>() : (Binary *)make<Choice>();
  one->left = grow(depth - 1);
  one->right = grow(depth - 1);
  return one;
}

struct Shape {
  i32 a, b;
  virtual i64 area() const { return 0; }
  virtual void scale(i32 by) { a = (a * by) & 255, b = (b + by) & 255; }
};
struct Square : Shape {
  i64 area() const override { return (i64)a * a; }
};
struct Oblong : Shape {
  i64 area() const override { return (i64)a * b; }
};
struct Ring : Shape {
  i64 area() const override { return ((i64)a * a - (i64)b * b) * 355 / 113; }
  void scale(i32 by) override { a = (a + by) & 127, b = a >> 1; }
};
struct Nothing : Shape {};

typedef u64 (*Step)(u64);
static NOINLINE u64 step_add(u64 x) { return x + 0x1234567; }
static NOINLINE u64 step_turn(u64 x) { return x << 7 | x >> 57; }
static NOINLINE u64 step_xor(u64 x) { return x ^ x >> 9; }
static NOINLINE u64 step_multiply(u64 x) { return x * 0x9e3779b97f4a7c15ull; }
static Step steps[] = {step_add, step_turn, step_xor, step_multiply};

int main(int argc, char **argv) {
  u64 repeat = rounds(argc, argv, 5500), sum = 0;
  Node *tree = grow(11);
  Shape *shapes[512];
  for (u32 i = 0; i < 512; i++) {
    u32 kind = next_random() >> 62;
    shapes[i] = kind == 0 ? (Shape *)make<Square>() : kind == 1 ? (Shape *)make<Oblong>() : kind == 2 ? (Shape *)make<Ring>() : (Shape *)make<Nothing>();
    shapes[i]->a = next_random() >> 57;
    shapes[i]->b = next_random() >> 57;
  }
  for (u64 round = 0; round < repeat; round++) {
    i64 variables[4] = {(i64)round, (i64)(sum & 15), (i64)(round * 3 & 31), -7};
    for (int i = 0; i < 3; i++, variables[0]++) sum = mix(sum, tree->evaluate(variables));
    sum += tree->size();
    for (int times = 0; times < 6; times++)
      for (u32 i = 0; i < 512; i++) {
        sum += shapes[i]->area();
        if ((i + times) % 4 == 0) shapes[i]->scale(times + 3);
      }
    for (u32 i = 0; i < 4000; i++) sum = steps[(i ^ sum >> 11) & 3](sum);
  }
  checksum(sum);
  return 0;
}
