/* Doubles with division and square root: gravity between bodies, in steps. */
#include "bench.h"

#define BODIES 8
struct body {
  double x[3], v[3], mass;
};
static struct body bodies[BODIES];

static NOINLINE void advance(double dt) {
  for (int i = 0; i < BODIES; i++)
    for (int j = i + 1; j < BODIES; j++) {
      struct body *p = &bodies[i], *q = &bodies[j];
      double d[3], square = 0.01;
      for (int k = 0; k < 3; k++) d[k] = p->x[k] - q->x[k], square += d[k] * d[k];
      double factor = dt / (square * __builtin_sqrt(square));
      for (int k = 0; k < 3; k++) {
        p->v[k] -= d[k] * q->mass * factor;
        q->v[k] += d[k] * p->mass * factor;
      }
    }
  for (int i = 0; i < BODIES; i++)
    for (int k = 0; k < 3; k++) bodies[i].x[k] += dt * bodies[i].v[k];
}

static NOINLINE double energy(void) {
  double sum = 0;
  for (int i = 0; i < BODIES; i++) {
    const struct body *p = &bodies[i];
    sum += 0.5 * p->mass * (p->v[0] * p->v[0] + p->v[1] * p->v[1] + p->v[2] * p->v[2]);
    for (int j = i + 1; j < BODIES; j++) {
      double square = 0.01;
      for (int k = 0; k < 3; k++) square += (p->x[k] - bodies[j].x[k]) * (p->x[k] - bodies[j].x[k]);
      sum -= p->mass * bodies[j].mass / __builtin_sqrt(square);
    }
  }
  return sum;
}

int main(int argc, char **argv) {
  u64 repeat = rounds(argc, argv, 250000), sum = 0;
  for (int i = 0; i < BODIES; i++) {
    bodies[i].mass = 1 + (i * 7 % 5) * 0.25;
    for (int k = 0; k < 3; k++) {
      bodies[i].x[k] = (int)(next_random() >> 56) / 16.0 - 8;
      bodies[i].v[k] = (int)(next_random() >> 56) / 256.0 - 0.5;
    }
  }
  for (u64 round = 0; round < repeat; round++) {
    advance(0.001);
    if (round % 100 == 0) sum = mix(sum, double_bits(energy()));
  }
  for (int i = 0; i < BODIES; i++) sum = mix(sum, double_bits(bodies[i].x[0]));
  checksum(sum);
  return 0;
}
