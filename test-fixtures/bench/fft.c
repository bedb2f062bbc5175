/* Signals in single precision: a fast Fourier transform and its inverse, a cascade of biquads, a FIR filter. */
#include "bench.h"

#define N 1024
static float re[N], im[N], cosines[N / 2], sines[N / 2], signal[N], filtered[N];

static NOINLINE void transform(int inverse) {
  for (u32 i = 0, j = 0; i < N; i++) {
    if (i < j) {
      float t = re[i];
      re[i] = re[j], re[j] = t;
      t = im[i];
      im[i] = im[j], im[j] = t;
    }
    u32 bit = N >> 1;
    for (; j & bit; bit >>= 1) j ^= bit;
    j |= bit;
  }
  for (u32 size = 2; size <= N; size *= 2)
    for (u32 start = 0; start < N; start += size)
      for (u32 k = 0; k < size / 2; k++) {
        u32 low = start + k, high = low + size / 2;
        float c = cosines[k * (N / size)], s = inverse ? sines[k * (N / size)] : -sines[k * (N / size)];
        float x = re[high] * c - im[high] * s, y = re[high] * s + im[high] * c;
        re[high] = re[low] - x, im[high] = im[low] - y;
        re[low] += x, im[low] += y;
      }
}

struct biquad {
  float b0, b1, b2, a1, a2, z1, z2;
};

static NOINLINE void cascade(struct biquad *sections, u32 count) {
  for (u32 i = 0; i < N; i++) {
    float x = signal[i];
    for (u32 k = 0; k < count; k++) {
      struct biquad *s = &sections[k];
      float y = s->b0 * x + s->z1;
      s->z1 = s->b1 * x - s->a1 * y + s->z2;
      s->z2 = s->b2 * x - s->a2 * y;
      x = y;
    }
    filtered[i] = x;
  }
}

static NOINLINE float fir(const float *taps, u32 count) {
  float total = 0;
  for (u32 i = count; i < N; i++) {
    float sum = 0;
    for (u32 k = 0; k < count; k++) sum += signal[i - k] * taps[k];
    total += sum;
  }
  return total;
}

int main(int argc, char **argv) {
  u64 repeat = rounds(argc, argv, 500), sum = 0;
  /* The roots of unity by repeated multiplication in doubles: no mathematical library. */
  double c = 1, s = 0;
  const double dc = 0.99998117528260110909, ds = 0.00613588464915447527;
  for (int i = 0; i < N / 2; i++) {
    cosines[i] = c, sines[i] = s;
    double t = c * dc - s * ds;
    s = c * ds + s * dc, c = t;
  }
  struct biquad sections[4] = {{0.2f, 0.4f, 0.2f, -0.5f, 0.3f, 0, 0}, {0.5f, -0.25f, 0.1f, 0.2f, 0.1f, 0, 0},
                               {0.9f, 0.1f, 0.05f, -0.3f, 0.2f, 0, 0}, {0.3f, 0.3f, 0.3f, 0.1f, -0.05f, 0, 0}};
  float taps[16];
  for (int i = 0; i < 16; i++) taps[i] = (i + 1) / 136.0f;
  for (u64 round = 0; round < repeat; round++) {
    for (int i = 0; i < N; i++) signal[i] = (int)(next_random() >> 52) / 2048.0f - 1;
    cascade(sections, 4);
    for (int i = 0; i < N; i++) re[i] = filtered[i], im[i] = 0;
    transform(0);
    for (int i = N / 4; i < N / 2; i++) re[i] = im[i] = re[N - i] = im[N - i] = 0;
    transform(1);
    for (int i = 0; i < N; i++) signal[i] = re[i] / N;
    sum = mix(sum, float_bits(fir(taps, 16)));
    sum = mix(sum, float_bits(re[round % N]));
  }
  checksum(sum);
  return 0;
}
