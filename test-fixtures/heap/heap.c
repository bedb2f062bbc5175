/* The heap used well, and then badly in ways that do no harm. `double` and `stray`: in ways that glibc ends. */
#define _GNU_SOURCE
#include <malloc.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void say(const char *text) {
  if (write(1, text, strlen(text)) < 0) exit(9);
}

/* Keeps what is read, so that the read is not left out. */
static volatile long sink, three = 3;
static jmp_buf out;

__attribute__((noinline)) static char *make(size_t size) {
  return malloc(size); // BREAK: make
}

static void deep(int depth) {
  char *kept = make(100);
  kept[0] = 1;
  if (depth == 0) longjmp(out, 1);
  deep(depth - 1);
  free(kept);
}

struct padded {
  char small;
  long large;
};

/* Nothing here is wrong. */
static void well(void) {
  char *text = strdup("thirteen char");
  sink = strlen(text);
  long *zeroed = calloc(10, sizeof *zeroed);
  for (int i = 0; i < 10; i++) sink += zeroed[i];
  char *grown = malloc(20);
  memset(grown, 'x', 20);
  grown = realloc(grown, 2000);
  sink += grown[19];
  memset(grown, 'y', 2000);
  char *large = malloc(200000);
  memset(large, 'z', 200000);
  large = realloc(large, 600000);
  sink += large[199999];
  char *input = malloc(32);
  if (read(0, input, 32) == 5) sink += input[4];
  struct padded *a = malloc(sizeof *a), *b = malloc(sizeof *b);
  a->small = 1;
  a->large = 2;
  *b = *a;
  sink += b->large;
  void *aligned = aligned_alloc(64, 128), *other = NULL;
  if ((uintptr_t)aligned % 64 || posix_memalign(&other, 256, 300)) say("not aligned\n");
  memset(other, 0, 300);
  sink += ((char *)other)[299];
  char *many = reallocarray(NULL, 7, 11);
  many = realloc(many, 7);
  free(text);
  free(zeroed);
  free(grown);
  free(large);
  free(input);
  free(a);
  free(b);
  free(aligned);
  free(other);
  free(many);
  free(NULL);
}

static void leak(void) {
  for (int left = three; left > 0; left--) make(40)[0] = 1; // BREAK: leak
  make(1000)[0] = 2;
  if (setjmp(out) == 0) deep(4);
}

static void badly(void) {
  char *block = malloc(10);
  memset(block, 1, 10);
  block[10] = 1;       // BREAK: write after
  sink += block[12];   // BREAK: read after
  sink += block[-3];   // BREAK: read before
  int *fresh = malloc(64);
  fresh[0] = 1;
  sink += fresh[1];    // BREAK: never written
  free(fresh);
  sink += fresh[8];    // BREAK: read freed
  fresh[9] = 1;        // BREAK: write freed
  free(block);
}

int main(int argc, char **argv) {
  well();
  say("well\n");
  leak();
  say("leaked\n");
  badly();
  say("badly\n");
  char *block = make(48);
  if (argc > 1 && strcmp(argv[1], "stray") == 0) free(block + 16); // BREAK: stray
  free(block);
  if (argc > 1 && strcmp(argv[1], "double") == 0) free(block); // BREAK: double
  return 0;
}
