// For clock_gettime, which strict C11 hides.
#define _POSIX_C_SOURCE 200809L

#include "peaks.h"
#include "cpu/cpu.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { FEWEST_ROUNDS = 10, MOST_ROUNDS = 1000, COPY_CHUNK = 32 * 1024 };
static const double SECONDS = 0.05; // spent on each measurement
static const int64_t MOST_COPIED = (int64_t)1 << 32;

static float chains_3(float factor) {
  return ck_multiply_add(factor, 3);
}
static float chains_6(float factor) {
  return ck_multiply_add(factor, 6);
}

// Any processor has these; which shape suits it best is seen.
static const ck_peak_loop plain_loops[] = {
    {&ck_cpu_portable_backend, CK_F32, CK_PEAK_FLOPS(3), chains_3},
    {&ck_cpu_portable_backend, CK_F32, CK_PEAK_FLOPS(6), chains_6},
};

typedef struct multiplying {
  float (*run)(float factor);
  float *sink; // [threads], so that no work can be dropped
} multiplying;

typedef struct copying {
  char *from, *to;
  int64_t bytes;
} copying;

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (double)time.tv_sec + (double)time.tv_nsec * 1e-9;
}

static void multiply_body(const void *context, int64_t begin, int64_t end, int thread) {
  const multiplying *multiplying = context;
  volatile float factor = 0.999f;
  for (int64_t item = begin; item < end; item++)
    multiplying->sink[thread] += multiplying->run(factor);
}

static void copy_body(const void *context, int64_t begin, int64_t end, int thread) {
  (void)thread;
  const copying *copying = context;
  int64_t from = begin * COPY_CHUNK, to = end * COPY_CHUNK;
  to = to < copying->bytes ? to : copying->bytes;
  memcpy(copying->to + from, copying->from + from, (size_t)(to - from));
}

// The shortest of some rounds: a peak is what the host does when nobody disturbs it.
static double shortest(ck_pool *pool, int64_t items, ck_body body, const void *context) {
  double best = 1e9, first = now();
  for (int i = 0; i < FEWEST_ROUNDS || (i < MOST_ROUNDS && now() - first < SECONDS); i++) {
    double start = now();
    ck_pool_run(pool, items, 1, body, context);
    double taken = now() - start;
    best = taken < best ? taken : best;
  }
  return best;
}

static double *peak_of(ck_peaks *peaks, int32_t type) {
  switch (type) {
  case CK_F16:
    return &peaks->f16_flops_per_second;
  case CK_BF16:
    return &peaks->bf16_flops_per_second;
  case CK_I8:
    return &peaks->i8_ops_per_second;
  case CK_I16:
    return &peaks->i16_ops_per_second;
  default:
    return &peaks->f32_flops_per_second;
  }
}

static void try_loops(ck_pool *pool, int32_t threads, const ck_peak_loop *loops, size_t count, float *sink,
                      ck_peaks *peaks) {
  for (const ck_peak_loop *loop = loops; loop < loops + count; loop++) {
    char reason[1];
    if (loop->tier->probe(reason, sizeof reason) != CK_OK)
      continue;
    multiplying multiplying = {loop->run, sink};
    double rate = loop->flops * threads / shortest(pool, threads, multiply_body, &multiplying);
    double *peak = peak_of(peaks, loop->type);
    *peak = rate > *peak ? rate : *peak;
  }
}

ck_status ck_measure_peaks(int32_t threads, ck_peaks *peaks) {
  memset(peaks, 0, sizeof *peaks);
  if (threads < 1 || threads > CK_MAX_THREADS)
    return CK_BAD_ARGUMENT;
  float *sink = calloc((size_t)threads, sizeof *sink);
  ck_pool *pool = ck_pool_open(threads);
  ck_status status = sink == NULL ? CK_OUT_OF_MEMORY : pool == NULL ? CK_THREADS_FAILED : CK_OK;
  if (status == CK_OK) {
    try_loops(pool, threads, plain_loops, sizeof plain_loops / sizeof plain_loops[0], sink, peaks);
#if defined(__x86_64__)
    try_loops(pool, threads, ck_x86_peak_loops, CK_X86_PEAK_LOOPS, sink, peaks);
#endif
  }
  if (pool != NULL)
    ck_pool_close(pool);
  free(sink);
  return status;
}

ck_status ck_measure_copy(int32_t threads, int64_t bytes, double *bytes_per_second) {
  *bytes_per_second = 0;
  if (threads < 1 || threads > CK_MAX_THREADS || bytes < 128 || bytes > MOST_COPIED)
    return CK_BAD_ARGUMENT;
  int64_t half = bytes / 2;
  copying copying = {ck_aligned((size_t)half), ck_aligned((size_t)half), half};
  ck_pool *pool = ck_pool_open(threads);
  ck_status status = copying.from == NULL || copying.to == NULL ? CK_OUT_OF_MEMORY
                     : pool == NULL                             ? CK_THREADS_FAILED
                                                                : CK_OK;
  if (status == CK_OK) {
    memset(copying.from, 1, (size_t)half);
    memset(copying.to, 1, (size_t)half);
    int64_t chunks = (half + COPY_CHUNK - 1) / COPY_CHUNK;
    *bytes_per_second = 2.0 * (double)half / shortest(pool, chunks, copy_body, &copying);
  }
  if (pool != NULL)
    ck_pool_close(pool);
  free(copying.from);
  free(copying.to);
  return status;
}
