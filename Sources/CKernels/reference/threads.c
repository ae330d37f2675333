#include "threads.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>

// How often a waiting thread looks before it sleeps: some tens of microseconds, the gap between two
// operations.
enum { SPINS = 4000, LINE = 64 };

typedef struct worker {
  ck_pool *pool;
  pthread_t thread;
  int index;
} worker;

struct ck_pool {
  int threads;
  ck_body body;
  const void *context;
  int64_t count;
  int active;                        // threads that take part in this run
  _Alignas(LINE) atomic_uint round;  // changes when a run starts
  _Alignas(LINE) atomic_int pending; // workers that have not finished this run
  atomic_bool closing;
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

static void share(const ck_pool *pool, int index) {
  if (index >= pool->active)
    return;
  int64_t begin = pool->count * index / pool->active;
  int64_t end = pool->count * (index + 1) / pool->active;
  if (begin < end)
    pool->body(pool->context, begin, end, index);
}

static unsigned wait_for_round(ck_pool *pool, unsigned seen) {
  for (int i = 0; i < SPINS; i++) {
    unsigned now = atomic_load_explicit(&pool->round, memory_order_acquire);
    if (now != seen)
      return now;
    relax();
  }
  pthread_mutex_lock(&pool->mutex);
  unsigned now;
  while ((now = atomic_load(&pool->round)) == seen)
    pthread_cond_wait(&pool->started, &pool->mutex);
  pthread_mutex_unlock(&pool->mutex);
  return now;
}

static void *work(void *argument) {
  worker *self = argument;
  ck_pool *pool = self->pool;
  unsigned seen = 0;
  for (;;) {
    seen = wait_for_round(pool, seen);
    if (atomic_load(&pool->closing))
      return NULL;
    share(pool, self->index);
    if (atomic_fetch_sub(&pool->pending, 1) == 1) {
      pthread_mutex_lock(&pool->mutex);
      pthread_cond_signal(&pool->finished);
      pthread_mutex_unlock(&pool->mutex);
    }
  }
}

static void start_round(ck_pool *pool) {
  pthread_mutex_lock(&pool->mutex);
  atomic_fetch_add(&pool->round, 1);
  pthread_cond_broadcast(&pool->started);
  pthread_mutex_unlock(&pool->mutex);
}

ck_pool *ck_pool_open(int threads) {
  size_t bytes = sizeof(ck_pool) + (size_t)(threads - 1) * sizeof(worker);
  ck_pool *pool = aligned_alloc(LINE, (bytes + LINE - 1) / LINE * LINE);
  if (pool == NULL)
    return NULL;
  pool->threads = 1;
  pool->active = 1;
  atomic_init(&pool->round, 0);
  atomic_init(&pool->pending, 0);
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
  atomic_store(&pool->closing, true);
  start_round(pool);
  for (int i = 1; i < pool->threads; i++)
    pthread_join(pool->workers[i - 1].thread, NULL);
  pthread_cond_destroy(&pool->finished);
  pthread_cond_destroy(&pool->started);
  pthread_mutex_destroy(&pool->mutex);
  free(pool);
}

void ck_pool_run(ck_pool *pool, int64_t count, int64_t grain, ck_body body, const void *context) {
  if (count <= 0)
    return;
  int64_t useful = (count + grain - 1) / grain;
  int active = useful < pool->threads ? (int)useful : pool->threads;
  if (active == 1) {
    body(context, 0, count, 0);
    return;
  }
  pool->body = body;
  pool->context = context;
  pool->count = count;
  pool->active = active;
  atomic_store(&pool->pending, pool->threads - 1);
  start_round(pool);
  share(pool, 0);
  for (int i = 0; i < SPINS; i++) {
    if (atomic_load_explicit(&pool->pending, memory_order_acquire) == 0)
      return;
    relax();
  }
  pthread_mutex_lock(&pool->mutex);
  while (atomic_load(&pool->pending) != 0)
    pthread_cond_wait(&pool->finished, &pool->mutex);
  pthread_mutex_unlock(&pool->mutex);
}
