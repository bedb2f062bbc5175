/* Fused multiply-add: polynomials by Horner's rule, dot products with compensation, Newton's division, 2 x 2 rotations. */
#include "bench.h"

#define N 512
static double xs[N], ys[N];
static float fs[N];

static NOINLINE double exponential(double x) {
  double p = 1.0 / 3628800;
  static const double coefficients[] = {1.0 / 362880, 1.0 / 40320, 1.0 / 5040, 1.0 / 720, 1.0 / 120, 1.0 / 24, 1.0 / 6, 0.5, 1, 1};
  for (u32 i = 0; i < 10; i++) p = __builtin_fma(p, x, coefficients[i]);
  return p;
}

static NOINLINE double dot(void) {
  double sum = 0, rest = 0;
  for (u32 i = 0; i < N; i++) {
    double product = xs[i] * ys[i], error = __builtin_fma(xs[i], ys[i], -product), total = sum + product, part = total - sum;
    rest += (sum - (total - part)) + (product - part) + error;
    sum = total;
  }
  return sum + rest;
}

static NOINLINE double reciprocal(double x) {
  double r = 48.0 / 17 - 32.0 / 17 * x;
  for (int i = 0; i < 4; i++) r = __builtin_fma(r, __builtin_fma(-x, r, 1.0), r);
  return r;
}

static NOINLINE void rotate(double c, double s) {
  for (u32 i = 0; i < N; i++) {
    double x = xs[i], y = ys[i];
    xs[i] = __builtin_fma(c, x, -(s * y));
    ys[i] = __builtin_fma(s, x, c * y);
  }
}

static NOINLINE float single(float x) {
  float sum = 0;
  for (u32 i = 0; i < N; i++) {
    sum = __builtin_fmaf(fs[i], x, sum);
    fs[i] = __builtin_fmaf(-fs[i], 0.25f, 1.0f);
  }
  return sum;
}

int main(int argc, char **argv) {
  u64 repeat = rounds(argc, argv, 7000), sum = 0;
  for (u32 i = 0; i < N; i++) {
    xs[i] = (i64)(next_random() >> 11) / 9007199254740992.0 - 0.5;
    ys[i] = (i64)(next_random() >> 11) / 9007199254740992.0 - 0.5;
    fs[i] = (i32)(next_random() >> 40) / 16777216.0f;
  }
  for (u64 round = 0; round < repeat; round++) {
    double total = 0;
    for (u32 i = 0; i < N; i++) total += exponential(xs[i]);
    for (u32 i = 0; i < N / 2; i++) total += reciprocal(0.5 + ys[i] * ys[i] * 0.25);
    rotate(0.6, 0.8);
    sum = mix(sum, double_bits(total));
    sum = mix(sum, double_bits(dot()));
    sum = mix(sum, float_bits(single(0.75f)));
  }
  checksum(sum);
  return 0;
}
