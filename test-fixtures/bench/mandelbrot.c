/* Doubles in a tight loop with a data-dependent end: the Mandelbrot and a Julia set; conversions to integers. */
#include "bench.h"

static NOINLINE u32 escape(double x, double y, double a, double b, u32 limit) {
  u32 count = 0;
  while (count < limit) {
    double xx = x * x, yy = y * y;
    if (xx + yy > 4.0) break;
    y = 2 * x * y + b;
    x = xx - yy + a;
    count++;
  }
  return count;
}

int main(int argc, char **argv) {
  u64 repeat = rounds(argc, argv, 12), sum = 0;
  for (u64 round = 0; round < repeat; round++) {
    double zoom = 1.0 + round * 0.125;
    for (int i = 0; i < 128; i++)
      for (int j = 0; j < 128; j++) {
        double a = -0.75 + (j - 64) / (48.0 * zoom), b = (i - 64) / (48.0 * zoom);
        u32 first = escape(0, 0, a, b, 200), second = escape(a, b, -0.8, 0.156, 100);
        sum = sum * 31 + first * 3 + second + (i32)(a * 1000) - (i64)(b * 1e6);
      }
  }
  checksum(sum);
  return 0;
}
