#ifndef ATELIER_X86_ATTENTION_FP16_H
#define ATELIER_X86_ATTENTION_FP16_H

// Attention in half precision, with the chains of kernel_fp16.h; scores and sums are float32. Panels of a
// block: keys [KEYS / 32][head_size][32], values [padded / 32][KEYS][32]; each query, and each block's keys
// and values, are brought to range by a factor.
//
// Weights are 2^(score − most + RAISE), so that what is small against the largest is not lost in subnormals,
// and 64 of them times a value of 16 stay below 65504.

#include "cpu/attention_rows.h"

enum { QUERIES = CK_TILE_ROWS, RAISE = 4, LANES = 32 };

// One thread's scratch.
typedef struct attention_scratch {
  float *sums;       // [CHUNK][padded]
  float *scores;     // [QUERIES][KEYS]
  uint32_t *weights; // [QUERIES][KEYS], pairs
  uint32_t *queries; // [CHUNK][head_size], pairs
  float *factors;    // [CHUNK], of the queries
  float *most, *total;
} attention_scratch;

// A block begins with the factors of its keys and of its values.
enum { BLOCK_HEAD = 64 };

CK_INLINE int64_t attention_block_bytes(const attention_plan *plan) {
  return BLOCK_HEAD + (int64_t)KEYS * (plan->call->head_size + plan->padded) * 2;
}
CK_INLINE size_t attention_arena_bytes(const attention_plan *plan) {
  size_t row = (size_t)(plan->call->head_size + plan->padded + 3) + CK_WIDTH;
  return ((size_t)CHUNK * row + 2 * QUERIES * KEYS) * sizeof(float);
}

static attention_scratch carve_attention(const attention_plan *plan, void *arena) {
  attention_scratch s = {.sums = arena};
  s.scores = s.sums + (int64_t)CHUNK * plan->padded;
  s.weights = (uint32_t *)(void *)(s.scores + QUERIES * KEYS);
  s.factors = (float *)(void *)(s.weights + QUERIES * KEYS);
  s.most = s.factors + CHUNK;
  s.total = s.most + CHUNK;
  s.queries = (uint32_t *)(void *)(s.total + CHUNK);
  return s;
}

CK_INLINE __m512i row_bits(__m512i most, const float *x, int32_t d) {
  for (int32_t i = 0; i < d; i += CK_WIDTH)
    most = larger_bits(most, ck_load_most(x + i, d - i));
  return most;
}

// Lays out one block of keys and values; what lies past the last key is zero.
static void lay_out_block(const attention_plan *plan, int64_t head, int32_t block) {
  const ck_attention_call *call = plan->call;
  int32_t d = call->head_size, first = block * KEYS, left = call->keys - first;
  int32_t count = left < KEYS ? left : KEYS;
  int64_t index = (head - plan->first) * plan->blocks + block;
  char *to = plan->panels + index * attention_block_bytes(plan);
  float *factors = (float *)(void *)to;
  uint16_t *keys = (uint16_t *)(void *)(to + BLOCK_HEAD), *values = keys + (int64_t)KEYS * d, row[MAX_HEAD];
  __m512i most[2] = {_mm512_setzero_si512(), _mm512_setzero_si512()};
  memset(to, 0, (size_t)attention_block_bytes(plan));
  for (int32_t j = 0; j < count; j++) {
    most[0] = row_bits(most[0], head_row(call->k, call->keys, call->k_stride, plan, head, first + j), d);
    most[1] = row_bits(most[1], head_row(call->v, call->keys, call->v_stride, plan, head, first + j), d);
  }
  float key_factor = bring_to_range(_mm512_reduce_max_epi32(most[0]), &factors[0]);
  float value_factor = bring_to_range(_mm512_reduce_max_epi32(most[1]), &factors[1]);
  for (int32_t j = 0; j < count; j++) {
    const float *k = head_row(call->k, call->keys, call->k_stride, plan, head, first + j);
    const float *v = head_row(call->v, call->keys, call->v_stride, plan, head, first + j);
    for (int32_t i = 0; i < d; i += CK_WIDTH)
      _mm256_mask_storeu_epi16(row + i, lanes_below(d - i),
                               halves_of(ck_load_most(k + i, d - i) * key_factor));
    uint16_t *key = keys + (int64_t)(j / LANES) * d * LANES + j % LANES;
    for (int32_t i = 0; i < d; i++)
      key[i * LANES] = row[i];
    for (int32_t i = 0; i < d; i += CK_WIDTH)
      _mm256_mask_storeu_epi16(values + (int64_t)(i / LANES) * KEYS * LANES + j * LANES + i % LANES,
                               lanes_below(d - i), halves_of(ck_load_most(v + i, d - i) * value_factor));
  }
  plan->norms[index] = 1;
}

// Products of `count` inputs of 12 rows with `vectors` vectors of 32 columns.
CK_INLINE void multiply_rows(chain_sums to, const uint32_t *rows, int64_t row_length,
                             const float *const *factors, const uint16_t *panel, int64_t apart, int32_t count,
                             int fresh, const int vectors) {
  const char *x[QUERIES];
  for (int32_t done = 0; done < count; done += CHAIN, fresh = 0) {
    int32_t some = count - done < CHAIN ? count - done : CHAIN;
    for (int p = 0; p < QUERIES; p++)
      x[p] = (const char *)(rows + p * row_length + done);
    multiply_chain(to, x, factors, (const char *)(panel + (int64_t)done * LANES), apart, some, fresh,
                   vectors);
  }
}

// Scores of one tile of queries with the first `width` keys of a block, 64 at a time.
static void score_tile(const attention_plan *plan, const attention_scratch *s, int32_t first,
                       const uint16_t *keys, float key_factor, int32_t width) {
  int32_t d = plan->call->head_size;
  float scaled[QUERIES];
  const float *factors[QUERIES];
  for (int p = 0; p < QUERIES; p++) {
    scaled[p] = s->factors[first + p] * key_factor;
    factors[p] = &scaled[p];
  }
  for (int32_t j = 0; j < width; j += 2 * LANES) {
    chain_sums to = {s->scores + j, KEYS, LANES};
    multiply_rows(to, s->queries + (int64_t)first * d, d, factors, keys + (int64_t)j * d,
                  (int64_t)d * LANES * 2, d, 1, 2);
  }
}

// Adds the weighted values of the first `count` keys of a block to one tile's sums.
static void value_tile(const attention_plan *plan, const attention_scratch *s, float *sums,
                       const uint16_t *values, float value_factor, int32_t count) {
  const float *factors[QUERIES];
  int32_t i = 0;
  for (int p = 0; p < QUERIES; p++)
    factors[p] = &value_factor;
  for (; i + 2 * LANES <= plan->padded; i += 2 * LANES) {
    chain_sums to = {sums + i, plan->padded, LANES};
    multiply_rows(to, s->weights, KEYS, factors, values + (int64_t)i * KEYS, KEYS * LANES * 2, count, 0, 2);
  }
  if (i < plan->padded) {
    chain_sums to = {sums + i, plan->padded, LANES};
    multiply_rows(to, s->weights, KEYS, factors, values + (int64_t)i * KEYS, 0, count, 0, 1);
  }
}

// 2^x within 3e-7 of itself: the fraction's quintic (least squares at Chebyshev's points), then the floor as
// power.
CK_INLINE ck_v16 attention_exp2(ck_v16 x) {
  enum { FRACTION = 0x09 }; // x − ⌊x⌋, no exceptions
  ck_v16 r = (ck_v16)_mm512_reduce_ps((__m512)x, FRACTION);
  ck_v16 p = r * 1.87623295e-3f + 8.99258403e-3f;
  p = p * r + 5.58236045e-2f;
  p = p * r + 2.40154530e-1f;
  p = p * r + 6.93152968e-1f;
  p = p * r + 9.99999927e-1f;
  return (ck_v16)_mm512_scalef_ps((__m512)p, (__m512)x);
}

// Makes weights of one query's scores, of which the first `visible` of `width` count; returns their sum.
CK_INLINE float weigh_row(const float *scores, uint32_t *weights, int32_t visible, int32_t width,
                          float most) {
  const ck_i16 lane = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
  ck_v16 sum = ck_splat(0);
  for (int32_t j = 0; j < width; j += CK_WIDTH) {
    ck_v16 weight = attention_exp2(ck_load_f32(scores + j) - (most - RAISE));
    if (j + CK_WIDTH > visible)
      weight = (ck_v16)((ck_i16)weight & (lane < visible - j));
    sum += weight;
    _mm512_storeu_si512(weights + j, pairs_of(weight));
  }
  return ck_sum_lanes(sum);
}

// One tile of queries, from `first` of a chunk that starts at query `from`, against one block.
static void meet(const attention_plan *plan, const attention_scratch *s, const char *panel, int32_t from,
                 int32_t first, int32_t block, int bounded) {
  (void)bounded;
  const float *factors = (const float *)(const void *)panel;
  const uint16_t *keys = (const uint16_t *)(const void *)(panel + BLOCK_HEAD);
  int32_t count = visible_keys(plan, from + first + QUERIES - 1, block);
  int32_t width = (count + 2 * LANES - 1) / (2 * LANES) * (2 * LANES);
  float *sums = s->sums + (int64_t)first * plan->padded;
  if (count == 0)
    return;
  score_tile(plan, s, first, keys, factors[0], width);
  for (int32_t p = 0; p < QUERIES; p++) {
    int32_t visible = visible_keys(plan, from + first + p, block);
    float *scores = s->scores + p * KEYS, *most = s->most + first + p;
    raise_most(plan, scores, visible, sums + (int64_t)p * plan->padded, most, s->total + first + p);
    s->total[first + p] += weigh_row(scores, s->weights + p * KEYS, visible, width, *most);
  }
  value_tile(plan, s, sums, keys + (int64_t)KEYS * plan->call->head_size, factors[1], count);
}

// Copies query `q` of a chunk. Its length is not needed: a maximum is always kept, so none is small enough.
CK_INLINE float take_query(const attention_plan *plan, const attention_scratch *s, int32_t q,
                           const ck_store *x) {
  int32_t d = plan->call->head_size;
  uint32_t *to = s->queries + (int64_t)q * d;
  float inverse,
      factor = bring_to_range(_mm512_reduce_max_epi32(row_bits(_mm512_setzero_si512(), x, d)), &inverse);
  for (int32_t i = 0; i < d; i += CK_WIDTH)
    _mm512_mask_storeu_epi32(to + i, lanes_below(d - i), pairs_of(ck_load_most(x + i, d - i) * factor));
  s->factors[q] = inverse * plan->factor;
  return INFINITY;
}

// What query `q` of a chunk has summed in columns `i` … + 15.
CK_INLINE const float *summed(const attention_plan *plan, const attention_scratch *s, int32_t q, int32_t i) {
  return s->sums + (int64_t)q * plan->padded + i;
}

#endif
