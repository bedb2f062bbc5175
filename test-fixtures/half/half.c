// Half precision (Zfh) by inline assembly: arithmetic in every rounding mode, conversions, comparisons, flags.
#include "../tiny.h"

typedef unsigned short u16;
typedef unsigned long u64;

/* A half is handed about as its bits. */
typedef u16 half;

#define BINARY(name)                                                                              \
  static inline half name(half a, half b) {                                                       \
    long result;                                                                                  \
    asm volatile("fmv.h.x fa0, %1\nfmv.h.x fa1, %2\n" #name ".h fa2, fa0, fa1\nfmv.x.h %0, fa2"   \
                 : "=r"(result) : "r"(a), "r"(b) : "fa0", "fa1", "fa2");                          \
    return result;                                                                                \
  }
BINARY(fadd)
BINARY(fsub)
BINARY(fmul)
BINARY(fdiv)
BINARY(fmin)
BINARY(fmax)
BINARY(fsgnjx)

static inline half root(half a) {
  long result;
  asm volatile("fmv.h.x fa0, %1\nfsqrt.h fa2, fa0\nfmv.x.h %0, fa2" : "=r"(result) : "r"(a) : "fa0", "fa2");
  return result;
}

static inline half multiply_add(half a, half b, half c) {
  long result;
  asm volatile("fmv.h.x fa0, %1\nfmv.h.x fa1, %2\nfmv.h.x fa2, %3\nfmadd.h fa3, fa0, fa1, fa2\nfmv.x.h %0, fa3"
               : "=r"(result) : "r"(a), "r"(b), "r"(c) : "fa0", "fa1", "fa2", "fa3");
  return result;
}

static inline half from_long(long value) {
  long result;
  asm volatile("fcvt.h.l fa0, %1\nfmv.x.h %0, fa0" : "=r"(result) : "r"(value) : "fa0");
  return result;
}

static inline long to_long(half a) {
  long result;
  asm volatile("fmv.h.x fa0, %1\nfcvt.l.h %0, fa0" : "=r"(result) : "r"(a) : "fa0");
  return result;
}

static inline half from_double(double value) {
  long result;
  asm volatile("fcvt.h.d fa0, %1\nfmv.x.h %0, fa0" : "=r"(result) : "f"(value) : "fa0");
  return result;
}

static inline double to_double(half a) {
  double result;
  asm volatile("fmv.h.x fa0, %1\nfcvt.d.h %0, fa0" : "=f"(result) : "r"(a) : "fa0");
  return result;
}

static inline half through_single(half a) {
  long result;
  asm volatile("fmv.h.x fa0, %1\nfcvt.s.h fa1, fa0\nfadd.s fa1, fa1, fa1\nfcvt.h.s fa0, fa1\nfmv.x.h %0, fa0"
               : "=r"(result) : "r"(a) : "fa0", "fa1");
  return result;
}

static inline long less(half a, half b) {
  long result;
  asm volatile("fmv.h.x fa0, %1\nfmv.h.x fa1, %2\nflt.h %0, fa0, fa1" : "=r"(result) : "r"(a), "r"(b) : "fa0", "fa1");
  return result;
}

static inline long class_of(half a) {
  long result;
  asm volatile("fmv.h.x fa0, %1\nfclass.h %0, fa0" : "=r"(result) : "r"(a) : "fa0");
  return result;
}

static long take_flags(void) {
  long flags;
  asm volatile("fsflags %0, zero" : "=r"(flags));
  return flags;
}

static half table[256];

/* By loads and stores: the sum of a table of products. */
static half dot(const half *a, const half *b, int length) {
  long result;
  asm volatile("fmv.h.x fa2, zero\n"
               "1: flh fa0, 0(%1)\nflh fa1, 0(%2)\nfmadd.h fa2, fa0, fa1, fa2\n"
               "addi %1, %1, 2\naddi %2, %2, 2\naddi %3, %3, -1\nbnez %3, 1b\nfmv.x.h %0, fa2"
               : "=r"(result), "+r"(a), "+r"(b), "+r"(length) : : "fa0", "fa1", "fa2", "memory");
  return result;
}

int main(int argc, char **argv) {
  (void)argc, (void)argv;
  static const char *const modes[] = {"nearest", "toward zero", "down", "up", "away"};
  for (long mode = 0; mode < 5; mode++) {
    asm volatile("fsrm %0" : : "r"(mode));
    u64 sum = 0;
    long order = 0, classes = 0, raised = 0;
    // Every 193rd pattern with every 3203rd: all classes, many pairs of exponents.
    for (unsigned a = 0; a < 0x10000; a += 193) {
      classes = classes * 3 + class_of(a);
      sum = sum * 31 + root(a) + through_single(a) + to_long(a) + from_double(to_double(a) * 1.0009765625);
      for (unsigned b = mode; b < 0x10000; b += 3203) {
        half added = fadd(a, b), product = fmul(a, b);
        sum = (sum << 5 | sum >> 59) ^ added;
        sum = sum * 7 + product + fsub(a, b) + fdiv(a, b) + multiply_add(a, b, added);
        sum += fmin(a, b) ^ fmax(b, a) ^ fsgnjx(a, b);
        order += less(a, b) + less(b, product);
        raised = raised * 5 + take_flags();
      }
    }
    print(modes[mode]);
    print("\n");
    print_line("  results", sum);
    print_line("  order", order);
    print_line("  classes", classes);
    print_line("  flags", raised);
    for (int i = 0; i < 256; i++) table[i] = fdiv(from_long(i - 100), from_long(37));
    print_line("  dot product", dot(table, table + 13, 243));
    print_line("  largest, doubled", to_long(fadd(0x7bff, 0x7bff)));
    print_line("  flags of that", take_flags());
  }
  return 0;
}
