// For clock_gettime, which strict C11 hides.
#define _POSIX_C_SOURCE 200809L

#include "reference/reference.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { CHAINS = 12, STEPS = 200 * 1000, COPY_BYTES = 32 << 20, ROUNDS = 5 };

typedef struct plan {
  char *from, *to;
  float *sink; // [threads], so that no work can be dropped
} plan;

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (double)time.tv_sec + (double)time.tv_nsec * 1e-9;
}

// Twelve chains hide the latency of a multiply-add on every processor known.
CK_CLONES static float multiply_add(float factor) {
  ck_v16 sums[CHAINS];
  float total = 0;
  for (int c = 0; c < CHAINS; c++)
    for (int l = 0; l < 16; l++)
      sums[c][l] = (float)(c + l);
  for (int64_t i = 0; i < STEPS; i++)
    for (int c = 0; c < CHAINS; c++)
      sums[c] = sums[c] * factor + 1.0f;
  for (int c = 0; c < CHAINS; c++)
    total += sums[c][c];
  return total;
}

static void multiply_body(const void *context, int64_t begin, int64_t end, int thread) {
  const plan *plan = context;
  volatile float factor = 0.999f;
  for (int64_t item = begin; item < end; item++)
    plan->sink[thread] += multiply_add(factor);
}

static void copy_body(const void *context, int64_t begin, int64_t end, int thread) {
  (void)thread;
  const plan *plan = context;
  memcpy(plan->to + begin * COPY_BYTES, plan->from + begin * COPY_BYTES, (size_t)(end - begin) * COPY_BYTES);
}

// The shortest of some rounds: a peak is what the host does when nobody disturbs it.
static double shortest(ck_pool *pool, int32_t threads, ck_body body, const plan *plan) {
  double best = 1e9;
  for (int i = 0; i < ROUNDS; i++) {
    double start = now();
    ck_pool_run(pool, threads, 1, body, plan);
    double taken = now() - start;
    best = taken < best ? taken : best;
  }
  return best;
}

ck_status ck_measure_peaks(int32_t threads, ck_peaks *peaks) {
  memset(peaks, 0, sizeof *peaks);
  if (threads < 1 || threads > 256)
    return CK_BAD_ARGUMENT;
  size_t bytes = (size_t)threads * COPY_BYTES;
  plan plan = {malloc(bytes), malloc(bytes), calloc((size_t)threads, sizeof(float))};
  ck_pool *pool = ck_pool_open(threads);
  ck_status status = CK_OUT_OF_MEMORY;
  if (plan.from != NULL && plan.to != NULL && plan.sink != NULL && pool != NULL) {
    memset(plan.from, 1, bytes);
    double multiplying = shortest(pool, threads, multiply_body, &plan);
    double copying = shortest(pool, threads, copy_body, &plan);
    peaks->flops_per_second = 2.0 * 16 * CHAINS * STEPS * threads / multiplying;
    peaks->copy_bytes_per_second = 2.0 * (double)bytes / copying;
    status = CK_OK;
  }
  if (pool != NULL)
    ck_pool_close(pool);
  free(plan.from);
  free(plan.to);
  free(plan.sink);
  return status;
}
