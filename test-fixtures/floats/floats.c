/* Floating point: rounding modes, exception flags, conversions, fused multiply-add, classification. */
#include <fenv.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

static uint64_t bits(double value) {
  uint64_t result;
  memcpy(&result, &value, sizeof result);
  return result;
}

static uint32_t bits_single(float value) {
  uint32_t result;
  memcpy(&result, &value, sizeof result);
  return result;
}

static void flags(const char *what) {
  int raised = fetestexcept(FE_ALL_EXCEPT);
  printf("  %s flags:%s%s%s%s%s\n", what, raised & FE_INVALID ? " invalid" : "", raised & FE_DIVBYZERO ? " zero" : "",
         raised & FE_OVERFLOW ? " overflow" : "", raised & FE_UNDERFLOW ? " underflow" : "",
         raised & FE_INEXACT ? " inexact" : "");
  feclearexcept(FE_ALL_EXCEPT);
}

static void arithmetic(void) {
  volatile double one = 1, three = 3, huge = 1e308, least = 5e-324, zero = 0, ten = 10, half = 2.5;
  volatile float third = 3.0f, unit = 1.0f;
  printf("1/3 %016lx", bits(one / three));
  printf(" single %08x\n", bits_single(unit / third));
  flags("1/3");
  printf("huge*10 %016lx\n", bits(huge * ten));
  flags("huge*10");
  printf("-huge*10 %016lx\n", bits(-huge * ten));
  flags("-huge*10");
  printf("least/3 %016lx\n", bits(least / three));
  flags("least/3");
  printf("1/0 %016lx 0/0 %016lx\n", bits(one / zero), bits(zero / zero) & 0x7fffffffffffffff);
  flags("by zero");
  printf("sqrt(2.5) %016lx sqrt(-1) %d\n", bits(sqrt(half)), isnan(sqrt(-one)));
  flags("sqrt");
  printf("fma %016lx\n", bits(fma(one / three, three, -one)));
  flags("fma");
  printf("rint %ld %ld %ld\n", lrint(half), lrint(-half), lrint(one / three));
  flags("rint");
  printf("narrow %08x\n", bits_single((float)(one / three)));
  flags("narrow");
}

static void conversions(void) {
  volatile double big = 1e20, minus = -1.5, nan = NAN, fine = 4294967295.0;
  volatile int64_t wide = INT64_MAX;
  volatile uint64_t widest = UINT64_MAX;
  printf("to int64 %ld %ld\n", (int64_t)minus, (int64_t)fine);
  flags("to int64");
  printf("to uint32 %u\n", (uint32_t)fine);
  flags("to uint32");
  int64_t saturated, invalid;
  asm volatile("fcvt.l.d %0, %1, rtz" : "=r"(saturated) : "f"(big));
  asm volatile("fcvt.l.d %0, %1, rtz" : "=r"(invalid) : "f"(nan));
  printf("saturated %ld %ld\n", saturated, invalid);
  flags("saturated");
  printf("from int64 %016lx from uint64 %016lx single %08x\n", bits((double)wide), bits((double)widest),
         bits_single((float)wide));
  flags("from int64");
}

static void classify(void) {
  static const double values[] = {-INFINITY, -1, -1e-310, -0.0, 0.0, 1e-310, 1, INFINITY, NAN};
  printf("fclass");
  for (unsigned i = 0; i < sizeof values / sizeof *values; i++) {
    long class;
    asm volatile("fclass.d %0, %1" : "=r"(class) : "f"(values[i]));
    printf(" %lx", class);
  }
  printf("\n");
  printf("min %g %g max %g %g\n", fmin(-0.0, 0.0), fmin(NAN, 2), fmax(-0.0, 0.0), fmax(NAN, 2));
  printf("copysign %g %g\n", copysign(3, -0.0), copysign(-3, 1));
  printf("less %d %d %d\n", values[1] < values[8], values[0] < values[1], values[3] == values[4]);
  feclearexcept(FE_ALL_EXCEPT);
}

int main(void) {
  static const struct {
    int mode;
    const char *name;
  } modes[] = {
    {FE_TONEAREST, "nearest"},
    {FE_TOWARDZERO, "to zero"},
    {FE_DOWNWARD, "down"},
    {FE_UPWARD, "up"},
  };
  for (unsigned i = 0; i < sizeof modes / sizeof *modes; i++) {
    fesetround(modes[i].mode); // BREAK: mode
    printf("== %s\n", modes[i].name);
    feclearexcept(FE_ALL_EXCEPT);
    arithmetic();
    conversions();
  }
  fesetround(FE_TONEAREST);
  classify();
  double sum = 0;
  for (int i = 1; i <= 1000; i++) sum += 1.0 / i;
  printf("harmonic %.17g pi %.15f e %a\n", sum, 4 * atan(1), exp(1));
  printf("power %.17g sine %.17g log %.17g\n", pow(1.0001, 10000), sin(1e6), log(10));
  return 0;
}
