#ifndef ATELIER_THREADS_H
#define ATELIER_THREADS_H

#include <stdint.h>

// A pool of threads that stay. Work is cut into a few chunks a thread, which threads claim as they come free:
// on a busy host a thread that is not scheduled delays nobody. What an item computes must not depend on its
// chunk.
typedef struct ck_pool ck_pool;

// Works on items [begin, end); `thread` is 0 … threads−1 and owns an arena.
typedef void (*ck_body)(const void *context, int64_t begin, int64_t end, int thread);

// Null when a thread cannot be started. `threads` 1 … 256; the caller of ck_pool_run is one of them.
ck_pool *ck_pool_open(int threads);
void ck_pool_close(ck_pool *pool);

// Runs `body` over [0, count) and returns when every item is done. `grain`: the least items worth a thread.
void ck_pool_run(ck_pool *pool, int64_t count, int64_t grain, ck_body body, const void *context);

#endif
