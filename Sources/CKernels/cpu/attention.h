#ifndef ATELIER_CPU_ATTENTION_H
#define ATELIER_CPU_ATTENTION_H

// Attention. Keys and values of some heads are first laid out in panels by all threads; then chunks of
// queries meet them block by block, with what they have summed so far kept beside them, so that scratch does
// not grow with the number of keys (Rabe and Staats 2021; Dao 2022).
//
// Scores are in units of log₂: they carry a factor of scale·log₂ e. Where |q|·|k| says that no score leaves
// ±BOUND, e^score can neither overflow nor vanish, and no running maximum is kept.

#if CK_ATTENTION_AMX
#include "x86/attention_amx.h"
#elif CK_ATTENTION_FP16
#include "x86/attention_fp16.h"
#else
#include "cpu/attention_f32.h"
#endif

// Copies a chunk's queries, repeating the last to whole tiles; returns the longest one's length.
static float take_queries(const attention_plan *plan, const attention_scratch *s, int64_t head, int32_t from,
                          int32_t padded) {
  const ck_attention_call *call = plan->call;
  float longest = 0;
  for (int32_t q = 0; q < padded; q++) {
    int32_t row = from + q < call->queries ? from + q : call->queries - 1;
    const ck_store *x = head_row(call->q, call->queries, call->q_stride, plan, head, row);
    longest = longer(take_query(plan, s, q, x), longest);
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
      ck_store_most(out + i, ck_load_f32(summed(plan, s, q, i)) * inverse, call->head_size - i);
  }
}

static void attend_chunk(const attention_plan *plan, int64_t head, int32_t chunk, void *arena) {
  const ck_attention_call *call = plan->call;
  attention_scratch s = carve_attention(plan, arena);
  int32_t from = chunk * CHUNK, left = call->queries - from, count = left < CHUNK ? left : CHUNK;
  int32_t padded = (count + QUERIES - 1) / QUERIES * QUERIES, blocks = chunk_blocks(plan, from + count);
  int64_t index = (head - plan->first) * plan->blocks;
  float longest_query = take_queries(plan, &s, head, from, padded), longest_key = 0;
  for (int32_t block = 0; block < blocks; block++)
    longest_key = longer(plan->norms[index + block], longest_key);
  int bounded = longest_query * longest_key < BOUND;
  memset(s.sums, 0, sizeof(float) * CHUNK * (size_t)plan->padded);
  for (int32_t q = 0; q < CHUNK; q++) {
    s.most[q] = bounded ? 0 : -1e30f;
    s.total[q] = 0;
  }
  for (int32_t block = 0; block < blocks; block++) {
    const char *panel = plan->panels + (index + block) * attention_block_bytes(plan);
    for (int32_t first = 0; first < padded; first += QUERIES)
      meet(plan, &s, panel, from, first, block, bounded);
  }
  write_queries(plan, &s, head, from, count);
}

static void lay_out_body(const void *context, int64_t begin, int64_t end, int thread) {
  (void)thread;
  const attention_plan *plan = context;
  for (int64_t item = begin; item < end; item++)
    lay_out_block(plan, plan->first + item / plan->blocks, (int32_t)(item % plan->blocks));
}

static void attend_body(const void *context, int64_t begin, int64_t end, int thread) {
  const attention_plan *plan = context;
  begin_tiles();
  for (int64_t item = begin; item < end; item++)
    attend_chunk(plan, plan->first + item / plan->chunks, (int32_t)(item % plan->chunks),
                 ck_arena(plan->device, thread));
  end_tiles();
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
  attention_plan plan = {.device = device, .call = call, .factor = call->scale * 1.44269504089f};
  plan.padded = (call->head_size + VALUE_LANES - 1) / VALUE_LANES * VALUE_LANES;
  plan.chunks = (call->queries + CHUNK - 1) / CHUNK;
  plan.blocks = (call->keys + KEYS - 1) / KEYS;
  int64_t total = (int64_t)call->batch * call->heads, each = plan.blocks * attention_block_bytes(&plan);
  int64_t at_once = each < HEADS_BYTES ? HEADS_BYTES / each : 1;
  at_once = at_once < total ? at_once : total;
  size_t panels = (size_t)(at_once * each);
  status = ck_reserve_shared(device, panels + (size_t)(at_once * plan.blocks) * sizeof(float));
  if (status == CK_OK)
    status = ck_reserve_arenas(device, attention_arena_bytes(&plan));
  if (status != CK_OK)
    return status;
  plan.panels = device->shared.memory;
  plan.norms = (float *)(void *)(device->shared.memory + panels);
  for (; plan.first < total; plan.first += at_once) {
    int64_t heads = total - plan.first < at_once ? total - plan.first : at_once;
    ck_pool_run(device->pool, heads * plan.blocks, 1, lay_out_body, &plan);
    ck_pool_run(device->pool, heads * plan.chunks, 1, attend_body, &plan);
  }
  return CK_OK;
}

#endif
