#ifndef ATELIER_X86_ATTENTION_AMX_H
#define ATELIER_X86_ATTENTION_AMX_H

// Attention by the tile unit. A block's keys are tiles of 16 keys × 32 of the head size, its values tiles of
// 32 keys × 16 of the head size, both with pairs side by side as TDPBF16PS reads them; sums are 16 columns
// wide so that a head size of 40 costs 48. Exponentials are most of the work: five instructions for sixteen.

#include "cpu/attention_plan.h"

enum {
  TILE = 16, // rows of a tile; columns of one of float32
  PAIR = 32, // bfloat16 of a tile's row; queries of a pair of tiles
  QUERIES = PAIR,
  TILE_SIZE = TILE * PAIR,    // bfloat16 of a tile
  PAIR_SUMS = PAIR * CK_WIDTH // floats of a column of tiles over a pair
};

// One thread's scratch.
typedef struct attention_scratch {
  uint16_t *queries;   // [CHUNK][depth]
  float *sums;         // [CHUNK / 32][padded / 16][32][16]
  float *scores;       // [KEYS / 16][32][16]
  uint16_t *weights;   // [KEYS / 32][32][32]
  float *most, *total; // [CHUNK]
} attention_scratch;

// The head size in whole tiles' rows.
CK_INLINE int32_t attention_depth(const attention_plan *plan) {
  return (plan->call->head_size + PAIR - 1) / PAIR * PAIR;
}
CK_INLINE int64_t attention_block_bytes(const attention_plan *plan) {
  return (int64_t)KEYS * (attention_depth(plan) + plan->padded) * (int64_t)sizeof(uint16_t);
}
CK_INLINE size_t attention_arena_bytes(const attention_plan *plan) {
  size_t row = (size_t)attention_depth(plan) * 2 + (size_t)plan->padded * 4 + 8;
  return CHUNK * row + (size_t)PAIR * KEYS * 6;
}

static attention_scratch carve_attention(const attention_plan *plan, void *arena) {
  attention_scratch s = {.scores = arena};
  s.sums = s.scores + PAIR * KEYS;
  s.most = s.sums + (int64_t)CHUNK * plan->padded;
  s.total = s.most + CHUNK;
  s.weights = (uint16_t *)(void *)(s.total + CHUNK);
  s.queries = s.weights + PAIR * KEYS;
  return s;
}

// |x|
CK_INLINE float row_length(const ck_store *x, int32_t d) {
  ck_v16 squares = ck_splat(0);
  for (int32_t i = 0; i < d; i += CK_WIDTH) {
    ck_v16 part = ck_load_most(x + i, d - i);
    squares += part * part;
  }
  return sqrtf(ck_sum_lanes(squares));
}

// Lays out one block of keys and values; what lies past the last key or the head size is zero.
static void lay_out_block(const attention_plan *plan, int64_t head, int32_t block) {
  const ck_attention_call *call = plan->call;
  int32_t d = call->head_size, first = block * KEYS, steps = attention_depth(plan) / PAIR;
  int64_t index = (head - plan->first) * plan->blocks + block;
  uint16_t *keys = (uint16_t *)(void *)(plan->panels + index * attention_block_bytes(plan));
  uint16_t *values = keys + KEYS * attention_depth(plan);
  float longest = 0;
  memset(keys, 0, (size_t)attention_block_bytes(plan));
  for (int32_t j = 0; j < KEYS && first + j < call->keys; j++) {
    const ck_store *k = head_row(call->k, call->keys, call->k_stride, plan, head, first + j);
    const ck_store *v = head_row(call->v, call->keys, call->v_stride, plan, head, first + j);
    uint16_t *key = keys + (int64_t)(j / TILE) * steps * TILE_SIZE + j % TILE * 2;
    uint16_t *value = values + (int64_t)(j / PAIR) * PAIR * plan->padded + j % PAIR / 2 * PAIR + j % 2;
    for (int32_t i = 0; i < d; i++) {
      key[i / 2 * PAIR + i % 2] = k[i];
      value[i / TILE * TILE_SIZE + i % TILE * 2] = v[i];
    }
    longest = longer(row_length(k, d), longest);
  }
  plan->norms[index] = longest;
}

// Scores of a pair of tiles of queries with the first `width` keys of a block, 32 at a time.
static void score_pair(const uint16_t *queries, const uint16_t *keys, float *scores, int32_t depth,
                       int32_t width) {
  int64_t stride = depth * (int64_t)sizeof(uint16_t), apart = (int64_t)TILE * depth;
  for (int32_t j = 0; j < width; j += PAIR, keys += 2 * apart, scores += 2 * PAIR_SUMS) {
    _tile_zero(0);
    _tile_zero(1);
    _tile_zero(2);
    _tile_zero(3);
    for (int32_t i = 0; i < depth; i += PAIR) {
      _tile_loadd(6, keys + i * TILE, 64);
      _tile_loadd(4, queries + i, stride);
      _tile_loadd(7, keys + apart + i * TILE, 64);
      _tile_loadd(5, queries + apart + i, stride);
      _tile_dpbf16ps(0, 4, 6);
      _tile_dpbf16ps(1, 4, 7);
      _tile_dpbf16ps(2, 5, 6);
      _tile_dpbf16ps(3, 5, 7);
    }
    _tile_stored(0, scores, 64);
    _tile_stored(1, scores + PAIR_SUMS, 64);
    _tile_stored(2, scores + TILE * CK_WIDTH, 64);
    _tile_stored(3, scores + PAIR_SUMS + TILE * CK_WIDTH, 64);
  }
}

// Adds to three tiles of columns of a pair's sums.
static void value_three(const uint16_t *weights, const uint16_t *values, float *sums, int32_t padded,
                        int32_t width) {
  enum { LOWER = TILE * CK_WIDTH };
  _tile_loadd(0, sums, 64);
  _tile_loadd(1, sums + PAIR_SUMS, 64);
  _tile_loadd(2, sums + 2 * PAIR_SUMS, 64);
  _tile_loadd(3, sums + LOWER, 64);
  _tile_loadd(4, sums + PAIR_SUMS + LOWER, 64);
  _tile_loadd(5, sums + 2 * PAIR_SUMS + LOWER, 64);
  for (int32_t j = 0; j < width; j += PAIR, weights += 2 * TILE_SIZE, values += PAIR * (int64_t)padded) {
    _tile_loadd(6, weights, 64);
    _tile_loadd(7, values, 64);
    _tile_dpbf16ps(0, 6, 7);
    _tile_loadd(7, values + TILE_SIZE, 64);
    _tile_dpbf16ps(1, 6, 7);
    _tile_loadd(7, values + 2 * TILE_SIZE, 64);
    _tile_dpbf16ps(2, 6, 7);
    _tile_loadd(6, weights + TILE_SIZE, 64);
    _tile_dpbf16ps(5, 6, 7);
    _tile_loadd(7, values, 64);
    _tile_dpbf16ps(3, 6, 7);
    _tile_loadd(7, values + TILE_SIZE, 64);
    _tile_dpbf16ps(4, 6, 7);
  }
  _tile_stored(0, sums, 64);
  _tile_stored(1, sums + PAIR_SUMS, 64);
  _tile_stored(2, sums + 2 * PAIR_SUMS, 64);
  _tile_stored(3, sums + LOWER, 64);
  _tile_stored(4, sums + PAIR_SUMS + LOWER, 64);
  _tile_stored(5, sums + 2 * PAIR_SUMS + LOWER, 64);
}

// Adds to one.
static void value_one(const uint16_t *weights, const uint16_t *values, float *sums, int32_t padded,
                      int32_t width) {
  _tile_loadd(0, sums, 64);
  _tile_loadd(1, sums + TILE * CK_WIDTH, 64);
  for (int32_t j = 0; j < width; j += PAIR, weights += 2 * TILE_SIZE, values += PAIR * (int64_t)padded) {
    _tile_loadd(6, values, 64);
    _tile_loadd(4, weights, 64);
    _tile_loadd(5, weights + TILE_SIZE, 64);
    _tile_dpbf16ps(0, 4, 6);
    _tile_dpbf16ps(1, 5, 6);
  }
  _tile_stored(0, sums, 64);
  _tile_stored(1, sums + TILE * CK_WIDTH, 64);
}

// 2^x within 8e-5 of itself: the fraction's cubic (least squares at Chebyshev's points), then the floor as
// power.
CK_INLINE ck_v16 attention_exp2(ck_v16 x) {
  enum { FRACTION = 0x09 }; // x − ⌊x⌋, no exceptions
  ck_v16 r = (ck_v16)_mm512_reduce_ps((__m512)x, FRACTION);
  ck_v16 p = r * 0.07790717f + 0.2262332f;
  p = p * r + 0.6957771f;
  p = p * r + 0.9999278f;
  return (ck_v16)_mm512_scalef_ps((__m512)p, (__m512)x);
}

// Makes weights 2^(score·factor − most) of one query's scores, of which the first `visible` of `width` count;
// returns their sum. Factor and maximum are one multiply-add, so the queries need no scaling that would
// round.
CK_INLINE float weigh_row(const float *scores, uint16_t *weights, int32_t visible, int32_t width,
                          float factor, float most) {
  const ck_i16 lane = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
  ck_v16 sum[2] = {ck_splat(0), ck_splat(0)};
  for (int32_t j = 0; j < width; j += PAIR, scores += 2 * PAIR_SUMS, weights += 2 * TILE_SIZE) {
    ck_v16 low = attention_exp2(ck_load_f32(scores) * factor - most);
    ck_v16 high = attention_exp2(ck_load_f32(scores + PAIR_SUMS) * factor - most);
    if (j + PAIR > visible) {
      low = (ck_v16)((ck_i16)low & (lane < visible - j));
      high = (ck_v16)((ck_i16)high & (lane < visible - j - CK_WIDTH));
    }
    sum[0] += low;
    sum[1] += high;
    __m512bh both = _mm512_cvtne2ps_pbh((__m512)high, (__m512)low);
    memcpy(weights, &both, sizeof both);
  }
  return ck_sum_lanes(sum[0] + sum[1]);
}

// The running maximum of one query grows to cover its new scores; what it has summed is scaled down.
static void raise_most(const attention_plan *plan, const float *scores, int32_t visible, float *sums,
                       float *most, float *total) {
  ck_v16 high = ck_splat(*most);
  for (int32_t j = 0; j < visible; j += CK_WIDTH, scores += PAIR_SUMS)
    high = ck_max(first_lanes(ck_load_f32(scores) * plan->factor, visible - j), high);
  float highest = ck_max_lanes(high);
  if (highest == *most)
    return;
  float keep = exp2f(*most - highest);
  *most = highest;
  *total *= keep;
  for (int32_t i = 0; i < plan->padded; i += CK_WIDTH, sums += PAIR_SUMS)
    ck_store_f32(sums, ck_load_f32(sums) * keep);
}

// Queries `first` … +31 of a chunk that starts at query `from`, against one block.
static void meet(const attention_plan *plan, const attention_scratch *s, const char *panel, int32_t from,
                 int32_t first, int32_t block, int bounded) {
  int32_t depth = attention_depth(plan), columns = plan->padded / TILE, i = 0;
  int32_t count = visible_keys(plan, from + first + PAIR - 1, block),
          width = (count + PAIR - 1) / PAIR * PAIR;
  const uint16_t *keys = (const uint16_t *)(const void *)panel;
  const uint16_t *values = keys + (int64_t)KEYS * depth;
  float *sums = s->sums + (int64_t)first * plan->padded;
  if (count == 0)
    return;
  score_pair(s->queries + (int64_t)first * depth, keys, s->scores, depth, width);
  for (int32_t p = 0; p < PAIR; p++) {
    int32_t visible = visible_keys(plan, from + first + p, block);
    const float *scores = s->scores + p * CK_WIDTH;
    float *most = s->most + first + p, *total = s->total + first + p;
    if (!bounded)
      raise_most(plan, scores, visible, sums + p * CK_WIDTH, most, total);
    *total += weigh_row(scores, s->weights + p * PAIR, visible, width, plan->factor, *most);
  }
  for (; i + 3 <= columns; i += 3)
    value_three(s->weights, values + i * TILE_SIZE, sums + i * PAIR_SUMS, plan->padded, width);
  for (; i < columns; i++)
    value_one(s->weights, values + i * TILE_SIZE, sums + i * PAIR_SUMS, plan->padded, width);
}

// Copies query `q` of a chunk; returns its length in units of scores.
CK_INLINE float take_query(const attention_plan *plan, const attention_scratch *s, int32_t q,
                           const ck_store *x) {
  int32_t depth = attention_depth(plan), d = plan->call->head_size;
  uint16_t *to = s->queries + (int64_t)q * depth;
  memset(to + d, 0, (size_t)(depth - d) * sizeof(uint16_t));
  memcpy(to, x, (size_t)d * sizeof(uint16_t));
  return row_length(x, d) * fabsf(plan->factor);
}

// What query `q` of a chunk has summed in columns `i` … + 15.
CK_INLINE const float *summed(const attention_plan *plan, const attention_scratch *s, int32_t q, int32_t i) {
  return s->sums + (int64_t)(q / PAIR) * PAIR * plan->padded + q % PAIR * CK_WIDTH + i * (int64_t)PAIR;
}

#endif
