#include "host/threads.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>

enum {
  SPINS = 2000,          // looks before sleeping: some tens of microseconds, the gap between two operations
  CHUNKS_PER_THREAD = 4, // a thread that starts late leaves this much to the others
  LINE = 64,
  FIELD = 12, // bits of a chunk number: 256 threads × 4 chunks fit
};
#define FIELD_MASK ((1u << FIELD) - 1)

typedef struct worker {
  ck_pool *pool;
  pthread_t thread;
  int index;
} worker;

struct ck_pool {
  int threads;
  // What the current run does; stable while any of its chunks is claimed and not finished.
  ck_body body;
  const void *context;
  int64_t count;
  // The run's number, how many chunks it has and the next to claim, in one word: a thread that looks at an
  // old run cannot claim a chunk of a new one.
  _Alignas(LINE) atomic_uint_least64_t state;
  _Alignas(LINE) atomic_int unfinished; // chunks of this run
  atomic_int sleepers;                  // workers that wait for `started`
  atomic_bool caller_sleeps, closing;
  pthread_mutex_t mutex;
  pthread_cond_t started, finished;
  worker workers[];
};

static inline void relax(void) {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  __asm__ volatile("yield");
#endif
}

static unsigned next_chunk(uint64_t state) {
  return (unsigned)state & FIELD_MASK;
}
static unsigned chunks_of(uint64_t state) {
  return (unsigned)(state >> FIELD) & FIELD_MASK;
}
static bool has_work(uint64_t state) {
  return next_chunk(state) < chunks_of(state);
}

static void finish_chunk(ck_pool *pool) {
  if (atomic_fetch_sub(&pool->unfinished, 1) == 1 && atomic_load(&pool->caller_sleeps)) {
    pthread_mutex_lock(&pool->mutex);
    pthread_cond_signal(&pool->finished);
    pthread_mutex_unlock(&pool->mutex);
  }
}

// Claims and runs chunks until none is left.
static void run_chunks(ck_pool *pool, int thread) {
  uint64_t state = atomic_load(&pool->state);
  while (has_work(state)) {
    if (!atomic_compare_exchange_weak(&pool->state, &state, state + 1))
      continue;
    int64_t chunk = next_chunk(state), chunks = chunks_of(state);
    pool->body(pool->context, pool->count * chunk / chunks, pool->count * (chunk + 1) / chunks, thread);
    finish_chunk(pool);
    state = atomic_load(&pool->state);
  }
}

// Returns when there is work, or false when the pool closes.
static bool wait_for_work(ck_pool *pool) {
  for (int i = 0; i < SPINS; i++) {
    if (has_work(atomic_load_explicit(&pool->state, memory_order_acquire)))
      return true;
    relax();
  }
  pthread_mutex_lock(&pool->mutex);
  atomic_fetch_add(&pool->sleepers, 1);
  while (!has_work(atomic_load(&pool->state)) && !atomic_load(&pool->closing))
    pthread_cond_wait(&pool->started, &pool->mutex);
  atomic_fetch_sub(&pool->sleepers, 1);
  pthread_mutex_unlock(&pool->mutex);
  return !atomic_load(&pool->closing);
}

static void *work(void *argument) {
  worker *self = argument;
  while (wait_for_work(self->pool))
    run_chunks(self->pool, self->index);
  return NULL;
}

static void wake_sleepers(ck_pool *pool) {
  if (atomic_load(&pool->sleepers) == 0)
    return;
  pthread_mutex_lock(&pool->mutex);
  pthread_cond_broadcast(&pool->started);
  pthread_mutex_unlock(&pool->mutex);
}

ck_pool *ck_pool_open(int threads) {
  size_t bytes = sizeof(ck_pool) + (size_t)(threads - 1) * sizeof(worker);
  ck_pool *pool = aligned_alloc(LINE, (bytes + LINE - 1) / LINE * LINE);
  if (pool == NULL)
    return NULL;
  pool->threads = 1;
  atomic_init(&pool->state, 0);
  atomic_init(&pool->unfinished, 0);
  atomic_init(&pool->sleepers, 0);
  atomic_init(&pool->caller_sleeps, false);
  atomic_init(&pool->closing, false);
  pthread_mutex_init(&pool->mutex, NULL);
  pthread_cond_init(&pool->started, NULL);
  pthread_cond_init(&pool->finished, NULL);
  for (int i = 1; i < threads; i++) {
    worker *w = &pool->workers[i - 1];
    w->pool = pool;
    w->index = i;
    if (pthread_create(&w->thread, NULL, work, w) != 0) {
      ck_pool_close(pool);
      return NULL;
    }
    pool->threads = i + 1;
  }
  return pool;
}

void ck_pool_close(ck_pool *pool) {
  pthread_mutex_lock(&pool->mutex);
  atomic_store(&pool->closing, true);
  pthread_cond_broadcast(&pool->started);
  pthread_mutex_unlock(&pool->mutex);
  for (int i = 1; i < pool->threads; i++)
    pthread_join(pool->workers[i - 1].thread, NULL);
  pthread_cond_destroy(&pool->finished);
  pthread_cond_destroy(&pool->started);
  pthread_mutex_destroy(&pool->mutex);
  free(pool);
}

static void wait_until_finished(ck_pool *pool) {
  for (int i = 0; i < SPINS; i++) {
    if (atomic_load_explicit(&pool->unfinished, memory_order_acquire) == 0)
      return;
    relax();
  }
  pthread_mutex_lock(&pool->mutex);
  atomic_store(&pool->caller_sleeps, true);
  while (atomic_load(&pool->unfinished) != 0)
    pthread_cond_wait(&pool->finished, &pool->mutex);
  atomic_store(&pool->caller_sleeps, false);
  pthread_mutex_unlock(&pool->mutex);
}

void ck_pool_run(ck_pool *pool, int64_t count, int64_t grain, ck_body body, const void *context) {
  if (count <= 0)
    return;
  int64_t useful = (count + grain - 1) / grain;
  int64_t active = useful < pool->threads ? useful : pool->threads;
  if (active == 1) {
    body(context, 0, count, 0);
    return;
  }
  uint64_t chunks = (uint64_t)(active * CHUNKS_PER_THREAD < count ? active * CHUNKS_PER_THREAD : count);
  pool->body = body;
  pool->context = context;
  pool->count = count;
  atomic_store(&pool->unfinished, (int)chunks);
  uint64_t round = (atomic_load(&pool->state) >> (2 * FIELD)) + 1;
  atomic_store(&pool->state, round << (2 * FIELD) | chunks << FIELD);
  wake_sleepers(pool);
  run_chunks(pool, 0);
  wait_until_finished(pool);
}
