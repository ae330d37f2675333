#ifndef ATELIER_CPU_ATTENTION_H
#define ATELIER_CPU_ATTENTION_H

// Attention. Keys and values of some heads are first laid out in
// panels by all threads; then chunks of queries meet them block by block, with what they have summed so far
// kept beside them, so that scratch does not grow with the number of keys (Rabe and Staats 2021; Dao 2022).
//
// Scores are in units of log₂: they carry a factor of scale·log₂ e. Where |q|·|k| says
// that no score leaves ±BOUND, e^score can neither overflow nor vanish, and no running maximum is kept.

#if CK_ATTENTION_AMX
#include "x86/attention_amx.h"
#else
#include "cpu/attention_f32.h"
#endif

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
  plan.padded = (call->head_size + CK_WIDTH - 1) / CK_WIDTH * CK_WIDTH;
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
    plan.heads = total - plan.first < at_once ? total - plan.first : at_once;
    ck_pool_run(device->pool, plan.heads * plan.blocks, 1, lay_out_body, &plan);
    ck_pool_run(device->pool, plan.heads * plan.chunks, 1, attend_body, &plan);
  }
  return CK_OK;
}

#endif
