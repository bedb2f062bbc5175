/* Single precision: matrix product, a convolution over an image, and a small network's layers; whole numbers and powers
   of two, so that every sum is exact however it is contracted. */
#include "bench.h"

#define N 80
static float a[N][N], b[N][N], c[N][N], image[66][66], out[64][64], kernel[3][3], hidden[64];

static NOINLINE void multiply(void) {
  for (int i = 0; i < N; i++)
    for (int j = 0; j < N; j++) {
      float sum = 0;
      for (int k = 0; k < N; k++) sum += a[i][k] * b[k][j];
      c[i][j] = sum;
    }
}

static NOINLINE void convolve(void) {
  for (int y = 0; y < 64; y++)
    for (int x = 0; x < 64; x++) {
      float sum = 0;
      for (int i = 0; i < 3; i++)
        for (int j = 0; j < 3; j++) sum += image[y + i][x + j] * kernel[i][j];
      out[y][x] = sum < 0 ? 0 : sum;
    }
}

static NOINLINE void layer(void) {
  for (int i = 0; i < 64; i++) {
    float sum = 0.5f;
    for (int j = 0; j < 64; j++) sum += out[i][j] * c[i][j];
    hidden[i] = sum > 4096 ? 4096 : sum < -4096 ? -4096 : sum;
  }
}

int main(int argc, char **argv) {
  u64 repeat = rounds(argc, argv, 65), sum = 0;
  for (u64 round = 0; round < repeat; round++) {
    for (int i = 0; i < N; i++)
      for (int j = 0; j < N; j++) {
        a[i][j] = (int)((i * 3 + j * 7 + round) % 9) - 4;
        b[i][j] = ((int)((i * 11 + j * 5 + round) % 7) - 3) * 0.5f;
      }
    for (int i = 0; i < 66; i++)
      for (int j = 0; j < 66; j++) image[i][j] = (int)((i * j + round) % 31) - 15;
    for (int i = 0; i < 9; i++) kernel[i / 3][i % 3] = ((int)((i + round) % 5) - 2) * 0.25f;
    multiply();
    for (int i = 0; i < 4; i++) {
      convolve();
      layer();
      kernel[1][1] += 1;
    }
    for (int i = 0; i < 64; i++) sum = mix(sum, float_bits(hidden[i]) ^ float_bits(c[i][i]));
  }
  checksum(sum);
  return 0;
}
