#include "product.h"
#include "rows.h"

#include <string.h>

// Attention in blocks: a chunk of one head's queries meets its keys and values block by block, with a running
// maximum and sum (Milakov and Gimelshein 2018), so that scratch does not grow with the number of keys. Keys
// and values are copied into panels, and both products use the tile of `product.c`.

enum {
  KEYS = 128, // keys of a block: four panels
  MAX_HEAD = 512,
  MAX_QUERIES = 384, // queries of a chunk
};

typedef struct plan {
  ck_device *device;
  const ck_attention_call *call;
  int32_t chunk, chunks; // queries of a chunk, chunks of a head
  int32_t padded;        // head size rounded up to whole blocks
} plan;

// One thread's scratch, carved from its arena.
typedef struct scratch {
  float *keys;         // [KEYS / CK_BLOCK][head size][CK_BLOCK]
  float *values;       // [padded / CK_BLOCK][KEYS][CK_BLOCK]
  float *scores;       // [CK_TILE][KEYS]
  float *sums;         // [chunk][padded]
  float *most, *total; // [chunk]
  int32_t from;        // the chunk's first query
} scratch;

static scratch carve(const plan *plan, float *arena) {
  scratch s = {.keys = arena};
  s.values = s.keys + KEYS * plan->call->head_size;
  s.scores = s.values + KEYS * plan->padded;
  s.sums = s.scores + CK_TILE * KEYS;
  s.most = s.sums + (int64_t)plan->chunk * plan->padded;
  s.total = s.most + plan->chunk;
  return s;
}

static void pack_keys(float *to, const float *k, int64_t stride, int32_t count, int32_t d) {
  int32_t whole = (count + CK_BLOCK - 1) / CK_BLOCK * CK_BLOCK;
  for (int32_t j = 0; j < whole; j++) {
    float *panel = to + (int64_t)(j / CK_BLOCK) * d * CK_BLOCK + j % CK_BLOCK;
    for (int32_t i = 0; i < d; i++)
      panel[(int64_t)i * CK_BLOCK] = j < count ? k[j * stride + i] : 0.0f;
  }
}

static void pack_values(float *to, const float *v, int64_t stride, int32_t count, int32_t d) {
  for (int32_t first = 0; first < d; first += CK_BLOCK, to += KEYS * CK_BLOCK) {
    int32_t lanes = d - first < CK_BLOCK ? d - first : CK_BLOCK;
    for (int32_t j = 0; j < count; j++) {
      memcpy(to + j * CK_BLOCK, v + j * stride + first, (size_t)lanes * sizeof(float));
      if (lanes < CK_BLOCK)
        memset(to + j * CK_BLOCK + lanes, 0, (size_t)(CK_BLOCK - lanes) * sizeof(float));
    }
  }
}

// Turns the scores of query `row` of the chunk into weights, of which the first `visible` of `count` are not
// zero, and scales what it has summed.
CK_CLONES static void weigh(const plan *plan, const scratch *s, int32_t row, int32_t visible, int32_t count) {
  float *scores = s->scores + row % CK_TILE * KEYS, *sums = s->sums + (int64_t)row * plan->padded;
  if (visible > 0) {
    for (int32_t j = 0; j < visible; j++)
      scores[j] *= plan->call->scale;
    float highest = ck_row_max(scores, visible);
    highest = highest > s->most[row] ? highest : s->most[row];
    float keep = ck_exp(s->most[row] - highest);
    s->total[row] = s->total[row] * keep + ck_row_exp(scores, visible, highest);
    s->most[row] = highest;
    for (int32_t i = 0; i < plan->padded; i++)
      sums[i] *= keep;
  }
  for (int32_t j = visible > 0 ? visible : 0; j < count; j++)
    scores[j] = 0;
}

// One tile of queries, from `first` of the chunk on, against the block of keys from `key` on.
static void meet(const plan *plan, const scratch *s, const float *const *queries, int32_t first, int32_t key,
                 int32_t count) {
  const ck_attention_call *call = plan->call;
  memset(s->scores, 0, sizeof(float) * CK_TILE * KEYS);
  for (int32_t j = 0; j < count; j += CK_BLOCK)
    ck_tile_accumulate(s->scores + j, KEYS, queries, s->keys + (int64_t)j * call->head_size, call->head_size);
  const float *weights[CK_TILE];
  for (int32_t p = 0; p < CK_TILE; p++) {
    int32_t visible = call->causal ? s->from + first + p + 1 - key : count;
    weights[p] = s->scores + p * KEYS;
    weigh(plan, s, first + p, visible < count ? visible : count, count);
  }
  for (int32_t i = 0; i < plan->padded; i += CK_BLOCK)
    ck_tile_accumulate(s->sums + (int64_t)first * plan->padded + i, plan->padded, weights,
                       s->values + (int64_t)i * KEYS, count);
}

static void write_chunk(const plan *plan, const scratch *s, int64_t row, int32_t head, int32_t queries) {
  const ck_attention_call *call = plan->call;
  for (int32_t q = 0; q < queries; q++) {
    float *out = (float *)call->out.data + ((row + q) * call->heads + head) * call->head_size;
    float inverse = 1.0f / s->total[q];
    for (int32_t i = 0; i < call->head_size; i++)
      out[i] = s->sums[(int64_t)q * plan->padded + i] * inverse;
  }
}

static void run_chunk(const plan *plan, int64_t image, int32_t head, int32_t chunk, float *arena) {
  const ck_attention_call *call = plan->call;
  scratch s = carve(plan, arena);
  int32_t d = call->head_size, from = chunk * plan->chunk;
  s.from = from;
  int32_t queries = call->queries - from < plan->chunk ? call->queries - from : plan->chunk;
  const float *q = (const float *)call->q.data + image * call->queries * call->q_stride + (int64_t)head * d;
  const float *k = (const float *)call->k.data + image * call->keys * call->k_stride + (int64_t)head * d;
  const float *v = (const float *)call->v.data + image * call->keys * call->v_stride + (int64_t)head * d;
  memset(s.sums, 0, sizeof(float) * (size_t)plan->chunk * (size_t)plan->padded);
  for (int32_t i = 0; i < plan->chunk; i++) {
    s.most[i] = -1e30f;
    s.total[i] = 0;
  }
  int32_t keys = call->causal && from + queries < call->keys ? from + queries : call->keys;
  for (int32_t key = 0; key < keys; key += KEYS) {
    int32_t count = keys - key < KEYS ? keys - key : KEYS;
    pack_keys(s.keys, k + key * call->k_stride, call->k_stride, count, d);
    pack_values(s.values, v + key * call->v_stride, call->v_stride, count, d);
    for (int32_t first = 0; first < queries; first += CK_TILE) {
      const float *rows[CK_TILE];
      for (int32_t p = 0; p < CK_TILE; p++)
        rows[p] = q + (first + p < queries ? from + first + p : call->queries - 1) * call->q_stride;
      meet(plan, &s, rows, first, key, count);
    }
  }
  write_chunk(plan, &s, image * call->queries + from, head, queries);
}

static void body(const void *context, int64_t begin, int64_t end, int thread) {
  const plan *plan = context;
  for (int64_t item = begin; item < end; item++) {
    int64_t head = item / plan->chunks;
    run_chunk(plan, head / plan->call->heads, (int32_t)(head % plan->call->heads),
              (int32_t)(item % plan->chunks), ck_arena(plan->device, thread));
  }
}

ck_status ck_reference_attention(ck_device *device, const ck_attention_call *call) {
  if (call->q.type != CK_F32 || call->k.type != CK_F32 || call->v.type != CK_F32 || call->out.type != CK_F32)
    return CK_UNSUPPORTED;
  if (call->batch < 1 || call->queries < 1 || call->keys < 1 || call->heads < 1 || call->head_size < 1 ||
      call->head_size > MAX_HEAD)
    return CK_BAD_ARGUMENT;
  plan plan = {.device = device, .call = call};
  plan.padded = (call->head_size + CK_BLOCK - 1) / CK_BLOCK * CK_BLOCK;
  int32_t left = CK_ARENA_FLOATS - KEYS * (call->head_size + plan.padded + CK_TILE);
  int32_t most = left / (plan.padded + 2) < MAX_QUERIES ? left / (plan.padded + 2) : MAX_QUERIES;
  int32_t wanted = (call->queries + CK_TILE - 1) / CK_TILE * CK_TILE;
  plan.chunk = wanted < most / CK_TILE * CK_TILE ? wanted : most / CK_TILE * CK_TILE;
  plan.chunks = (call->queries + plan.chunk - 1) / plan.chunk;
  ck_pool_run(device->pool, (int64_t)call->batch * call->heads * plan.chunks, 1, body, &plan);
  return CK_OK;
}
