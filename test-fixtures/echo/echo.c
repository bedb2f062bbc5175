/* The world outside: arguments, environment, standard input, clocks, identity. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/time.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

extern char **environ;

static int by_text(const void *a, const void *b) {
  return strcmp(*(char *const *)a, *(char *const *)b);
}

static void clocks(void) {
  struct timespec start, end, nap = {0, 2000000};
  clock_gettime(CLOCK_MONOTONIC, &start);
  int slept = nanosleep(&nap, NULL);
  clock_gettime(CLOCK_MONOTONIC, &end);
  long passed = (end.tv_sec - start.tv_sec) * 1000000000L + end.tv_nsec - start.tv_nsec;
  printf("slept %d, long enough: %d\n", slept, passed >= 2000000);
  struct timeval day;
  gettimeofday(&day, NULL);
  printf("after 2020: %d\n", day.tv_sec > 1577836800);
}

int main(int argc, char **argv) {
  for (int i = 1; i < argc; i++) printf("argument %d: '%s'\n", i, argv[i]);
  int variables = 0;
  while (environ[variables]) variables++;
  /* Sorted, because an emulator may hand them over in another order. */
  qsort(environ, variables, sizeof *environ, by_text);
  for (int i = 0; i < variables; i++) printf("variable %s\n", environ[i]);
  const char *name = getenv("NAME");
  printf("NAME is %s\n", name ? name : "not set");
  clocks();
  struct utsname system;
  uname(&system);
  printf("%s on %s\n", system.sysname, system.machine);
  unsigned char noise[16] = {0};
  int differ = 0;
  printf("random %ld", (long)getrandom(noise, sizeof noise, 0));
  for (int i = 1; i < 16; i++) differ |= noise[i] ^ noise[0];
  printf(" %s\n", differ ? "bytes" : "zeros");
  printf("page %ld, pid %s, terminal %d\n", sysconf(_SC_PAGESIZE), getpid() > 0 ? "positive" : "wrong", isatty(0));
  char *big = malloc(3 << 20);
  memset(big, 7, 3 << 20);
  big = realloc(big, 9 << 20);
  printf("memory %d %d\n", big[0], big[(3 << 20) - 1]);
  free(big);
  fflush(stdout);
  char line[200];
  int lines = 0;
  while (fgets(line, sizeof line, stdin)) {
    line[strcspn(line, "\n")] = 0;
    printf("line %d: '%s'\n", ++lines, line); // BREAK: line
    fflush(stdout);
  }
  fprintf(stderr, "%d lines\n", lines);
  return lines;
}
