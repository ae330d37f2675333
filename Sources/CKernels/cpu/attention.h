#ifndef ATELIER_CPU_ATTENTION_H
#define ATELIER_CPU_ATTENTION_H

// Attention in float32 whatever activations are stored as. Keys and values of some heads are first laid out
// in panels by all threads; then chunks of queries meet them block by block, with what they have summed so
// far kept beside them, so that scratch does not grow with the number of keys (Rabe and Staats 2021; Dao
// 2022).
//
// Scores are in units of log₂: queries are multiplied by scale·log₂ e as they are copied. Where |q|·|k| says
// that no score leaves ±BOUND, e^score can neither overflow nor vanish, and no running maximum is kept.

#include "cpu/operands.h"
#include "cpu/tile_f32.h"

#include <math.h>

enum {
  KEYS = 128, // keys of a block
  MAX_HEAD = 512,
  CHUNK_TILES = 16, // of queries
  CHUNK = CHUNK_TILES * CK_F32_ROWS,
  BOUND = 80,
  HEADS_BYTES = 32 << 20, // of keys and values laid out at a time
};

typedef struct attention_plan {
  const ck_device *device;
  const ck_attention_call *call;
  int32_t padded; // head size in whole vectors
  int32_t chunks, blocks;
  int64_t first, heads; // the heads laid out, counted through the batch
  float *panels;        // [head][block]: keys [KEYS / 16][head_size][16], values [padded / 16][KEYS][16]
  float *norms;         // [head][block]: the largest |k|
} attention_plan;

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
CK_INLINE size_t attention_arena(int32_t d, int32_t padded) {
  return ((size_t)CHUNK * (size_t)(d + padded + 2) + CK_F32_ROWS * KEYS) * sizeof(float);
}

static attention_scratch carve_attention(const attention_plan *plan, float *arena) {
  attention_scratch s = {.queries = arena};
  s.sums = s.queries + (int64_t)CHUNK * plan->call->head_size;
  s.scores = s.sums + (int64_t)CHUNK * plan->padded;
  s.most = s.scores + CK_F32_ROWS * KEYS;
  s.total = s.most + CHUNK;
  return s;
}

// Row `row` of a head in q, k or v.
CK_INLINE const ck_store *head_row(ck_operand x, int64_t rows, int64_t stride, const attention_plan *plan,
                                   int64_t head, int64_t row) {
  int64_t image = head / plan->call->heads, column = head % plan->call->heads * plan->call->head_size;
  return (const ck_store *)x.data + (image * rows + row) * stride + column;
}

// Copies `d` floats times `factor`; returns their length.
CK_INLINE float copy_row(float *to, const ck_store *x, int32_t d, float factor) {
  float squares = 0;
  for (int32_t i = 0; i < d; i++) {
    to[i] = ck_load1(x + i) * factor;
    squares += to[i] * to[i];
  }
  return sqrtf(squares);
}

// Lays out one block of keys and values; what lies past the last key is zero.
static void lay_out_block(const attention_plan *plan, int64_t head, int32_t block) {
  const ck_attention_call *call = plan->call;
  int32_t d = call->head_size, first = block * KEYS, left = call->keys - first;
  int64_t index = (head - plan->first) * plan->blocks + block;
  float *keys = plan->panels + index * block_floats(plan), *values = keys + KEYS * d,
        row[MAX_HEAD + CK_WIDTH];
  float longest = 0;
  memset(keys, 0, (size_t)block_floats(plan) * sizeof(float));
  for (int32_t j = 0; j < KEYS && j < left; j++) {
    float length = copy_row(row, head_row(call->k, call->keys, call->k_stride, plan, head, first + j), d, 1);
    longest = length > longest || length != length ? length : longest;
    float *panel = keys + (int64_t)(j / CK_WIDTH) * d * CK_WIDTH + j % CK_WIDTH;
    for (int32_t i = 0; i < d; i++)
      panel[(int64_t)i * CK_WIDTH] = row[i];
    const ck_store *v = head_row(call->v, call->keys, call->v_stride, plan, head, first + j);
    for (int32_t i = 0; i < d; i += CK_WIDTH)
      ck_store_f32(values + ((int64_t)i * KEYS) + j * CK_WIDTH, ck_load_most(v + i, d - i));
  }
  plan->norms[index] = longest;
}

static void lay_out_body(const void *context, int64_t begin, int64_t end, int thread) {
  (void)thread;
  const attention_plan *plan = context;
  for (int64_t item = begin; item < end; item++)
    lay_out_block(plan, plan->first + item / plan->blocks, (int32_t)(item % plan->blocks));
}

// Scores of one tile of queries with a block of keys.
CK_INLINE void score_tile(const attention_plan *plan, const float *queries, const float *keys,
                          float *scores) {
  int32_t d = plan->call->head_size;
  const float *rows[CK_F32_ROWS];
  for (int p = 0; p < CK_F32_ROWS; p++)
    rows[p] = queries + p * d;
  for (int32_t j = 0; j < KEYS; j += CK_WIDTH * CK_F32_VECTORS) {
    ck_tile tile;
    tile_zero(&tile, CK_F32_VECTORS);
    tile_accumulate(&tile, rows, keys + (int64_t)j * d, CK_WIDTH, (int64_t)d * CK_WIDTH, d, CK_F32_VECTORS);
    tile_store(&tile, scores + j, KEYS, CK_F32_VECTORS);
  }
}

// Adds the weighted values of a block to one tile's sums.
CK_INLINE void value_tile(const attention_plan *plan, const float *weights, const float *values,
                          float *sums) {
  const float *rows[CK_F32_ROWS];
  ck_tile tile;
  int32_t i = 0;
  for (int p = 0; p < CK_F32_ROWS; p++)
    rows[p] = weights + p * KEYS;
  for (; i + CK_WIDTH * CK_F32_VECTORS <= plan->padded; i += CK_WIDTH * CK_F32_VECTORS) {
    tile_load(&tile, sums + i, plan->padded, CK_F32_VECTORS);
    tile_accumulate(&tile, rows, values + (int64_t)i * KEYS, CK_WIDTH, KEYS * CK_WIDTH, KEYS, CK_F32_VECTORS);
    tile_store(&tile, sums + i, plan->padded, CK_F32_VECTORS);
  }
  for (; i < plan->padded; i += CK_WIDTH) {
    tile_load(&tile, sums + i, plan->padded, 1);
    tile_accumulate(&tile, rows, values + (int64_t)i * KEYS, CK_WIDTH, KEYS * CK_WIDTH, KEYS, 1);
    tile_store(&tile, sums + i, plan->padded, 1);
  }
}

// Makes weights 2^(score − most) of one query's scores, of which the first `visible` count; returns their
// sum.
CK_INLINE float weigh_row(float *scores, int32_t visible, float most) {
  const ck_i16 lane = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
  ck_v16 sum = ck_splat(0);
  int32_t j = 0;
  for (; j + CK_WIDTH <= visible; j += CK_WIDTH) {
    ck_v16 weight = ck_exp2_16(ck_load_f32(scores + j) - most);
    sum += weight;
    ck_store_f32(scores + j, weight);
  }
  for (; j < KEYS; j += CK_WIDTH) {
    ck_v16 weight = ck_exp2_16(ck_load_f32(scores + j) - most);
    ck_i16 seen = lane < visible - j;
    weight = (ck_v16)((ck_i16)weight & seen);
    sum += weight;
    ck_store_f32(scores + j, weight);
  }
  return ck_sum_lanes(sum);
}

// The running maximum of one query grows to cover its new scores; what it has summed is scaled down.
static void raise_most(const attention_plan *plan, const float *scores, int32_t visible, float *sums,
                       float *most, float *total) {
  float highest = *most;
  for (int32_t j = 0; j < visible; j++)
    highest = scores[j] > highest ? scores[j] : highest;
  if (highest == *most)
    return;
  float keep = exp2f(*most - highest);
  *most = highest;
  *total *= keep;
  for (int32_t i = 0; i < plan->padded; i++)
    sums[i] *= keep;
}

// One tile of queries of a chunk that starts at query `from`, against one block.
static void meet(const attention_plan *plan, const attention_scratch *s, const float *keys, int32_t from,
                 int32_t tile, int32_t block, int bounded) {
  const ck_attention_call *call = plan->call;
  int32_t first = tile * CK_F32_ROWS;
  float *sums = s->sums + (int64_t)first * plan->padded;
  score_tile(plan, s->queries + (int64_t)first * call->head_size, keys, s->scores);
  for (int32_t p = 0; p < CK_F32_ROWS; p++) {
    int32_t left = (call->causal ? from + first + p + 1 : call->keys) - block * KEYS;
    left = left < call->keys - block * KEYS ? left : call->keys - block * KEYS;
    int32_t visible = left < 0 ? 0 : left < KEYS ? left : KEYS;
    float *scores = s->scores + p * KEYS, *most = s->most + first + p;
    if (!bounded)
      raise_most(plan, scores, visible, sums + (int64_t)p * plan->padded, most, s->total + first + p);
    s->total[first + p] += weigh_row(scores, visible, *most);
  }
  value_tile(plan, s->scores, keys + (int64_t)KEYS * call->head_size, sums);
}

// Copies a chunk's queries, repeating the last to whole tiles; returns the longest one's length.
static float take_queries(const attention_plan *plan, const attention_scratch *s, int64_t head, int32_t from,
                          int32_t padded) {
  const ck_attention_call *call = plan->call;
  float factor = call->scale * 1.44269504089f, longest = 0;
  for (int32_t q = 0; q < padded; q++) {
    int32_t row = from + q < call->queries ? from + q : call->queries - 1;
    float length =
        copy_row(s->queries + (int64_t)q * call->head_size,
                 head_row(call->q, call->queries, call->q_stride, plan, head, row), call->head_size, factor);
    longest = length > longest || length != length ? length : longest;
  }
  return longest;
}

static void write_queries(const attention_plan *plan, const attention_scratch *s, int64_t head, int32_t from,
                          int32_t count) {
  const ck_attention_call *call = plan->call;
  int64_t stride = (int64_t)call->heads * call->head_size;
  for (int32_t q = 0; q < count; q++) {
    ck_store *out = (ck_store *)(uintptr_t)head_row(call->out, call->queries, stride, plan, head, from + q);
    ck_v16 inverse = ck_splat(1.0f / s->total[q]);
    for (int32_t i = 0; i < call->head_size; i += CK_WIDTH)
      ck_store_most(out + i, ck_load_f32(s->sums + (int64_t)q * plan->padded + i) * inverse,
                    call->head_size - i);
  }
}

static void attend_chunk(const attention_plan *plan, int64_t head, int32_t chunk, float *arena) {
  const ck_attention_call *call = plan->call;
  attention_scratch s = carve_attention(plan, arena);
  int32_t from = chunk * CHUNK, left = call->queries - from, count = left < CHUNK ? left : CHUNK;
  int32_t tiles = (count + CK_F32_ROWS - 1) / CK_F32_ROWS;
  int64_t index = (head - plan->first) * plan->blocks;
  float longest_query = take_queries(plan, &s, head, from, tiles * CK_F32_ROWS), longest_key = 0;
  int32_t keys = call->causal && from + count < call->keys ? from + count : call->keys;
  int32_t blocks = (keys + KEYS - 1) / KEYS;
  for (int32_t block = 0; block < blocks; block++) {
    float length = plan->norms[index + block];
    longest_key = length > longest_key || length != length ? length : longest_key;
  }
  int bounded = longest_query * longest_key < BOUND;
  memset(s.sums, 0, sizeof(float) * CHUNK * (size_t)plan->padded);
  for (int32_t q = 0; q < CHUNK; q++) {
    s.most[q] = bounded ? 0 : -1e30f;
    s.total[q] = 0;
  }
  for (int32_t block = 0; block < blocks; block++)
    for (int32_t tile = 0; tile < tiles; tile++)
      meet(plan, &s, plan->panels + (index + block) * block_floats(plan), from, tile, block, bounded);
  write_queries(plan, &s, head, from, count);
}

static void attend_body(const void *context, int64_t begin, int64_t end, int thread) {
  const attention_plan *plan = context;
  for (int64_t item = begin; item < end; item++)
    attend_chunk(plan, plan->first + item / plan->chunks, (int32_t)(item % plan->chunks),
                 ck_arena(plan->device, thread));
}

static ck_status check_attention(const ck_attention_call *call) {
  if (call->q.type != CK_STORE_TYPE || call->k.type != CK_STORE_TYPE || call->v.type != CK_STORE_TYPE ||
      call->out.type != CK_STORE_TYPE)
    return CK_UNSUPPORTED;
  if (call->batch < 1 || call->queries < 1 || call->keys < 1 || call->heads < 1 || call->head_size < 1 ||
      call->head_size > MAX_HEAD)
    return CK_BAD_ARGUMENT;
  return CK_OK;
}

static ck_status tier_attention(ck_device *device, const ck_attention_call *call) {
  ck_status status = check_attention(call);
  if (status != CK_OK)
    return status;
  attention_plan plan = {.device = device, .call = call};
  plan.padded = (call->head_size + CK_WIDTH - 1) / CK_WIDTH * CK_WIDTH;
  plan.chunks = (call->queries + CHUNK - 1) / CHUNK;
  plan.blocks = (call->keys + KEYS - 1) / KEYS;
  int64_t total = (int64_t)call->batch * call->heads, each = plan.blocks * block_floats(&plan) * 4;
  int64_t at_once = each < HEADS_BYTES ? HEADS_BYTES / each : 1;
  at_once = at_once < total ? at_once : total;
  size_t panels = (size_t)(at_once * each);
  status = ck_reserve_shared(device, panels + (size_t)(at_once * plan.blocks) * sizeof(float));
  if (status == CK_OK)
    status = ck_reserve_arenas(device, attention_arena(call->head_size, plan.padded));
  if (status != CK_OK)
    return status;
  plan.panels = (float *)(void *)device->shared.memory;
  plan.norms = (float *)(void *)(device->shared.memory + panels);
  for (; plan.first < total; plan.first += at_once) {
    plan.heads = total - plan.first < at_once ? total - plan.first : at_once;
    ck_pool_run(device->pool, plan.heads * plan.blocks, 1, lay_out_body, &plan);
    ck_pool_run(device->pool, plan.heads * plan.chunks, 1, attend_body, &plan);
  }
  return CK_OK;
}

#endif
