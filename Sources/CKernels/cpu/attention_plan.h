#ifndef ATELIER_CPU_ATTENTION_PLAN_H
#define ATELIER_CPU_ATTENTION_PLAN_H

// What the kernels of attention share: one call cut into heads, blocks of keys and chunks of queries.

#include "cpu/operands.h"

#include <math.h>

enum {
  MAX_HEAD = 512,
  BOUND = 80,             // of scores that need no maximum, in log₂
  HEADS_BYTES = 32 << 20, // of keys and values laid out at a time
#if CK_ATTENTION_FP16
  VALUE_LANES = 32, // of a vector of values
#else
  VALUE_LANES = CK_WIDTH,
#endif
#if CK_ATTENTION_AMX
  KEYS = 256,  // keys of a block
  CHUNK = 128, // queries of a chunk
#else
  KEYS = 128,
  CHUNK = 16 * CK_F32_ROWS,
#endif
};

typedef struct attention_plan {
  const ck_device *device;
  const ck_attention_call *call;
  int32_t padded; // head size in whole vectors of values
  int32_t chunks, blocks;
  int64_t first; // of the heads laid out, counted through the batch
  float factor;  // scale·log₂ e
  char *panels;  // [head][block] of attention_block_bytes
  float *norms;  // [head][block]: the largest |k|; not a number where one is not
} attention_plan;

// Row `row` of a head in q, k or v.
CK_INLINE const ck_store *head_row(ck_operand x, int64_t rows, int64_t stride, const attention_plan *plan,
                                   int64_t head, int64_t row) {
  int64_t image = head / plan->call->heads, column = head % plan->call->heads * plan->call->head_size;
  return (const ck_store *)x.data + (image * rows + row) * stride + column;
}

// The first `count` lanes; in the others what is less than any score.
CK_INLINE ck_v16 first_lanes(ck_v16 x, int32_t count) {
  const ck_i16 lane = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
  return lane < count ? x : ck_splat(-1e30f);
}

// How many keys of a block query `query` sees.
CK_INLINE int32_t visible_keys(const attention_plan *plan, int32_t query, int32_t block) {
  int32_t keys = plan->call->causal && query + 1 < plan->call->keys ? query + 1 : plan->call->keys;
  int32_t left = keys - block * KEYS;
  return left < 0 ? 0 : left < KEYS ? left : KEYS;
}

// How many blocks a chunk that ends before query `end` meets.
CK_INLINE int32_t chunk_blocks(const attention_plan *plan, int32_t end) {
  int32_t keys = plan->call->causal && end < plan->call->keys ? end : plan->call->keys;
  return (keys + KEYS - 1) / KEYS;
}

// The larger; not a number where the first is not.
CK_INLINE float longer(float length, float longest) {
  return length > longest || length != length ? length : longest;
}

#endif
