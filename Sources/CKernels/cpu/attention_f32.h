#ifndef ATELIER_CPU_ATTENTION_F32_H
#define ATELIER_CPU_ATTENTION_F32_H

// Attention in float32. Panels of a block: keys [KEYS / 16][head_size][16], values [padded / 16][KEYS][16].

#include "cpu/attention_rows.h"
#include "cpu/tile_f32.h"

enum { QUERIES = CK_F32_ROWS }; // of a tile

// One thread's scratch.
typedef struct attention_scratch {
  float *queries;      // [CHUNK][head_size]
  float *sums;         // [CHUNK][padded]
  float *scores;       // [CK_F32_ROWS][KEYS]
  float *most, *total; // [CHUNK]
} attention_scratch;

CK_INLINE int64_t block_floats(const attention_plan *plan) {
  return (int64_t)KEYS * (plan->call->head_size + plan->padded);
}
CK_INLINE int64_t attention_block_bytes(const attention_plan *plan) {
  return block_floats(plan) * (int64_t)sizeof(float);
}
CK_INLINE size_t attention_arena_bytes(const attention_plan *plan) {
  size_t row = (size_t)(plan->call->head_size + plan->padded + 2);
  return ((size_t)CHUNK * row + CK_F32_ROWS * KEYS) * sizeof(float);
}

static attention_scratch carve_attention(const attention_plan *plan, void *arena) {
  attention_scratch s = {.queries = arena};
  s.sums = s.queries + (int64_t)CHUNK * plan->call->head_size;
  s.scores = s.sums + (int64_t)CHUNK * plan->padded;
  s.most = s.scores + CK_F32_ROWS * KEYS;
  s.total = s.most + CHUNK;
  return s;
}

// Copies `d` floats times `factor`, and zeros to whole vectors; returns their length.
CK_INLINE float copy_row(float *to, const ck_store *x, int32_t d, float factor) {
  ck_v16 squares = ck_splat(0);
  for (int32_t i = 0; i < d; i += CK_WIDTH) {
    ck_v16 part = ck_load_most(x + i, d - i) * factor;
    ck_store_f32(to + i, part);
    squares += part * part;
  }
  return sqrtf(ck_sum_lanes(squares));
}

// Lays out one block of keys and values; what lies past the last key is zero.
static void lay_out_block(const attention_plan *plan, int64_t head, int32_t block) {
  const ck_attention_call *call = plan->call;
  int32_t d = call->head_size, first = block * KEYS, left = call->keys - first;
  int64_t index = (head - plan->first) * plan->blocks + block;
  float *keys = (float *)(void *)(plan->panels + index * attention_block_bytes(plan)),
        *values = keys + KEYS * d, row[MAX_HEAD + CK_WIDTH];
  float longest = 0;
  memset(keys, 0, (size_t)block_floats(plan) * sizeof(float));
  for (int32_t j = 0; j < KEYS && j < left; j++) {
    const ck_store *k = head_row(call->k, call->keys, call->k_stride, plan, head, first + j);
    longest = longer(copy_row(row, k, d, 1), longest);
    float *panel = keys + (int64_t)(j / CK_WIDTH) * d * CK_WIDTH + j % CK_WIDTH;
    for (int32_t i = 0; i < d; i++)
      panel[(int64_t)i * CK_WIDTH] = row[i];
    const ck_store *v = head_row(call->v, call->keys, call->v_stride, plan, head, first + j);
    for (int32_t i = 0; i < d; i += CK_WIDTH)
      ck_store_f32(values + ((int64_t)i * KEYS) + j * CK_WIDTH, ck_load_most(v + i, d - i));
  }
  plan->norms[index] = longest;
}

// Scores of one tile of queries with the first `width` keys of a block.
CK_INLINE void score_tile(const attention_plan *plan, const float *queries, const float *keys, float *scores,
                          int32_t width) {
  int32_t d = plan->call->head_size;
  const float *rows[CK_F32_ROWS];
  for (int p = 0; p < CK_F32_ROWS; p++)
    rows[p] = queries + p * d;
  for (int32_t j = 0; j < width; j += CK_WIDTH * CK_F32_VECTORS) {
    ck_tile tile;
    tile_zero(&tile, CK_F32_VECTORS);
    tile_accumulate(&tile, rows, keys + (int64_t)j * d, CK_WIDTH, (int64_t)d * CK_WIDTH, d, CK_F32_VECTORS);
    tile_store(&tile, scores + j, KEYS, CK_F32_VECTORS);
  }
}

// Adds the weighted values of the first `count` keys of a block to one tile's sums.
CK_INLINE void value_tile(const attention_plan *plan, const float *weights, const float *values, float *sums,
                          int32_t count) {
  const float *rows[CK_F32_ROWS];
  ck_tile tile;
  int32_t i = 0;
  for (int p = 0; p < CK_F32_ROWS; p++)
    rows[p] = weights + p * KEYS;
  for (; i + CK_WIDTH * CK_F32_VECTORS <= plan->padded; i += CK_WIDTH * CK_F32_VECTORS) {
    tile_load(&tile, sums + i, plan->padded, CK_F32_VECTORS);
    tile_accumulate(&tile, rows, values + (int64_t)i * KEYS, CK_WIDTH, KEYS * CK_WIDTH, count,
                    CK_F32_VECTORS);
    tile_store(&tile, sums + i, plan->padded, CK_F32_VECTORS);
  }
  for (; i < plan->padded; i += CK_WIDTH) {
    tile_load(&tile, sums + i, plan->padded, 1);
    tile_accumulate(&tile, rows, values + (int64_t)i * KEYS, CK_WIDTH, KEYS * CK_WIDTH, count, 1);
    tile_store(&tile, sums + i, plan->padded, 1);
  }
}

// Makes weights 2^(score − most) of one query's scores, of which the first `visible` of `width` count;
// returns their sum.
CK_INLINE float weigh_row(float *scores, int32_t visible, int32_t width, float most) {
  const ck_i16 lane = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
  ck_v16 sum = ck_splat(0);
  for (int32_t j = 0; j < width; j += CK_WIDTH) {
    ck_v16 weight = ck_exp2_16(ck_load_f32(scores + j) - most);
    if (j + CK_WIDTH > visible)
      weight = (ck_v16)((ck_i16)weight & (lane < visible - j));
    sum += weight;
    ck_store_f32(scores + j, weight);
  }
  return ck_sum_lanes(sum);
}

// One tile of queries, from `first` of a chunk that starts at query `from`, against one block.
static void meet(const attention_plan *plan, const attention_scratch *s, const char *panel, int32_t from,
                 int32_t first, int32_t block, int bounded) {
  enum { GROUP = CK_WIDTH * CK_F32_VECTORS };
  const float *keys = (const float *)(const void *)panel;
  int32_t count = visible_keys(plan, from + first + CK_F32_ROWS - 1, block);
  int32_t width = (count + GROUP - 1) / GROUP * GROUP;
  float *sums = s->sums + (int64_t)first * plan->padded;
  if (count == 0)
    return;
  score_tile(plan, s->queries + (int64_t)first * plan->call->head_size, keys, s->scores, width);
  for (int32_t p = 0; p < CK_F32_ROWS; p++) {
    int32_t visible = visible_keys(plan, from + first + p, block);
    float *scores = s->scores + p * KEYS, *most = s->most + first + p;
    if (!bounded)
      raise_most(plan, scores, visible, sums + (int64_t)p * plan->padded, most, s->total + first + p);
    s->total[first + p] += weigh_row(scores, visible, width, *most);
  }
  value_tile(plan, s->scores, keys + (int64_t)KEYS * plan->call->head_size, sums, count);
}

// Copies query `q` of a chunk; returns its length in units of scores.
CK_INLINE float take_query(const attention_plan *plan, const attention_scratch *s, int32_t q,
                           const ck_store *x) {
  int32_t d = plan->call->head_size;
  return copy_row(s->queries + (int64_t)q * d, x, d, plan->factor);
}

// What query `q` of a chunk has summed in columns `i` … + 15.
CK_INLINE const float *summed(const attention_plan *plan, const attention_scratch *s, int32_t q, int32_t i) {
  return s->sums + (int64_t)q * plan->padded + i;
}

#endif
