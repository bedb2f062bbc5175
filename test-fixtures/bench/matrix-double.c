/* Matrices of doubles: product in two orders of loops, transpose, matrix times vector. Multiply-add is written out, as
   gcc would contract it for the guest, so that the host computes the same. */
#include "bench.h"

#define N 96
static double a[N][N], b[N][N], c[N][N], x[N], y[N];

static NOINLINE void multiply(void) {
  for (int i = 0; i < N; i++)
    for (int j = 0; j < N; j++) {
      double sum = 0;
      for (int k = 0; k < N; k++) sum = __builtin_fma(a[i][k], b[k][j], sum);
      c[i][j] = sum;
    }
}

static NOINLINE void multiply_rows(void) {
  for (int i = 0; i < N; i++) {
    for (int j = 0; j < N; j++) c[i][j] = 0;
    for (int k = 0; k < N; k++) {
      double factor = a[i][k];
      for (int j = 0; j < N; j++) c[i][j] = __builtin_fma(factor, b[k][j], c[i][j]);
    }
  }
}

static NOINLINE void transpose(void) {
  for (int i = 0; i < N; i++)
    for (int j = 0; j < i; j++) {
      double t = c[i][j];
      c[i][j] = c[j][i];
      c[j][i] = t;
    }
}

static NOINLINE void apply(void) {
  for (int i = 0; i < N; i++) {
    double sum = 1;
    for (int j = 0; j < N; j++) sum = __builtin_fma(c[i][j], x[j], sum);
    y[i] = sum;
  }
}

static u64 fold(u64 sum) {
  for (int i = 0; i < N; i += 5) sum = mix(sum, double_bits(y[i])), sum = mix(sum, double_bits(c[i][N - 1 - i]));
  return sum;
}

int main(int argc, char **argv) {
  u64 repeat = rounds(argc, argv, 60), sum = 0;
  for (u64 round = 0; round < repeat; round++) {
    for (int i = 0; i < N; i++) {
      x[i] = 0.1 * ((int)(i % 5) - 2);
      for (int j = 0; j < N; j++) {
        a[i][j] = (int)((i * 7 + j * 3 + round) % 17) / 7.0 - 1;
        b[i][j] = (int)((i * 5 + j * 11 + round) % 13) / 3.0 - 2;
      }
    }
    multiply();
    transpose();
    apply();
    sum = fold(sum);
    multiply_rows();
    for (int i = 0; i < 8; i++) apply();
    sum = fold(sum);
  }
  checksum(sum);
  return 0;
}
