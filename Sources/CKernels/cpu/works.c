// For sigaction and sigsetjmp.
#define _POSIX_C_SOURCE 200809L

#include "cpu/cpu.h"

#include <pthread.h>
#include <setjmp.h>
#include <signal.h>

static pthread_mutex_t trying = PTHREAD_MUTEX_INITIALIZER;
static _Thread_local sigjmp_buf back;

// The instruction raised a signal in the thread that tries it; other threads do not try at the same time.
static void caught(int signal) {
  (void)signal;
  siglongjmp(back, 1);
}

int ck_tier_works(int (*try)(void)) {
  static const int signals[] = {SIGILL, SIGSEGV, SIGBUS, SIGFPE};
  enum { COUNT = sizeof signals / sizeof signals[0] };
  struct sigaction action = {.sa_handler = caught}, old[COUNT];
  sigemptyset(&action.sa_mask);
  pthread_mutex_lock(&trying);
  for (int i = 0; i < COUNT; i++)
    sigaction(signals[i], &action, &old[i]);
  volatile int works = 0;
  if (sigsetjmp(back, 1) == 0)
    works = try();
  for (int i = 0; i < COUNT; i++)
    sigaction(signals[i], &old[i], NULL);
  pthread_mutex_unlock(&trying);
  return works;
}
