/* Signals a process sends itself: handlers, siginfo, masks, alternate stacks, jumps out of handlers, at last abort. */
#define _GNU_SOURCE
#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <ucontext.h>
#include <unistd.h>

static volatile sig_atomic_t seen;
static sigjmp_buf out;
static char *forbidden;

static void count(int signal) {
  seen = seen * 10 + (signal == SIGUSR1 ? 1 : 2);
}

static void fault(int signal, siginfo_t *info, void *context) {
  ucontext_t *ucontext = context;
  printf("signal %d code %d address %s stack %s pc %s\n", signal, info->si_code,
         info->si_addr == (void *)0x123450 ? "wild" : info->si_addr == forbidden ? "forbidden" : "other",
         (uintptr_t)&ucontext > 0 ? "yes" : "no", ucontext->uc_mcontext.__gregs[REG_PC] ? "set" : "none");
  siglongjmp(out, signal); // BREAK: fault
}

static void skip(int signal, siginfo_t *info, void *context) {
  ucontext_t *ucontext = context;
  (void)info;
  seen = signal;
  /* The 2-byte c.ebreak below. */
  ucontext->uc_mcontext.__gregs[REG_PC] += 2;
  ucontext->uc_mcontext.__gregs[REG_A0] = 4711;
}

static void on_alternate(int signal) {
  char here;
  stack_t current;
  sigaltstack(NULL, &current);
  printf("signal %d on alternate stack: %d, inside: %d\n", signal, (current.ss_flags & SS_ONSTACK) != 0,
         &here >= (char *)current.ss_sp && &here < (char *)current.ss_sp + current.ss_size);
}

static void install(int signal, void (*handler)(int, siginfo_t *, void *), int flags) {
  struct sigaction action = {.sa_sigaction = handler, .sa_flags = SA_SIGINFO | flags};
  sigemptyset(&action.sa_mask);
  sigaction(signal, &action, NULL);
}

int main(int argc, char **argv) {
  setvbuf(stdout, NULL, _IOLBF, 0);
  signal(SIGUSR1, count);
  signal(SIGUSR2, count);
  raise(SIGUSR1);
  raise(SIGUSR2);
  printf("raised: %d\n", (int)seen);

  seen = 0;
  sigset_t both, pending;
  sigemptyset(&both);
  sigaddset(&both, SIGUSR1);
  sigaddset(&both, SIGUSR2);
  sigprocmask(SIG_BLOCK, &both, NULL);
  raise(SIGUSR2);
  kill(getpid(), SIGUSR1);
  sigpending(&pending);
  printf("blocked: %d, pending: %d %d\n", (int)seen, sigismember(&pending, SIGUSR1), sigismember(&pending, SIGUSR2));
  sigprocmask(SIG_UNBLOCK, &both, NULL);
  printf("unblocked: %s\n", seen == 12 || seen == 21 ? "both" : "wrong");

  install(SIGSEGV, fault, 0);
  if (sigsetjmp(out, 1) == 0) {
    *(volatile int *)0x123450 = 1; // BREAK: wild
    printf("not reached\n");
  }
  forbidden = mmap(NULL, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (sigsetjmp(out, 1) == 0) {
    *(volatile char *)forbidden = 1;
    printf("not reached\n");
  }
  install(SIGILL, fault, 0);
  if (sigsetjmp(out, 1) == 0) asm volatile(".word 0x0000000b");

  install(SIGTRAP, skip, 0);
  double kept = 1.25;
  register long a0 asm("a0") = 1;
  asm volatile("c.ebreak" : "+r"(a0));
  long given = a0;
  printf("skipped: %d, given %ld, kept %g\n", (int)seen, given, kept);

  static char stack[32768];
  stack_t alternate = {.ss_sp = stack, .ss_size = sizeof stack};
  sigaltstack(&alternate, NULL);
  struct sigaction action = {.sa_handler = on_alternate, .sa_flags = SA_ONSTACK | SA_RESETHAND};
  sigaction(SIGUSR1, &action, NULL);
  raise(SIGUSR1);
  struct sigaction now;
  sigaction(SIGUSR1, NULL, &now);
  printf("reset: %d\n", now.sa_handler == SIG_DFL);
  printf("uncatchable: %s\n", sigaction(SIGKILL, &action, NULL) ? strerrorname_np(errno) : "caught");
  signal(SIGCHLD, SIG_DFL);
  raise(SIGCHLD);
  signal(SIGUSR2, SIG_IGN);
  raise(SIGUSR2);
  if (argc > 1 && strcmp(argv[1], "kill") == 0) raise(SIGKILL);
  if (argc > 1 && strcmp(argv[1], "exit") == 0) return 3;
  abort(); // BREAK: abort
}
