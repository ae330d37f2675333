#include "reference.h"
#include "scalar.h"

// Keys and values are streamed in blocks with a running maximum and sum, so that scratch does not grow with them.

enum { KEYS = 256, MAX_HEAD = 512 };

CK_CLONES static void attend(const ck_attention_call *call, int64_t image, int32_t head, int32_t query, float *scratch) {
  int32_t d = call->head_size;
  const float *q = (const float *)call->q.data + (image * call->queries + query) * call->q_stride + head * d;
  const float *k = (const float *)call->k.data + image * call->keys * call->k_stride + head * d;
  const float *v = (const float *)call->v.data + image * call->keys * call->v_stride + head * d;
  float *out = (float *)call->out.data + ((image * call->queries + query) * call->heads + head) * d;
  float *scores = scratch, *sum = scratch + KEYS, most = -1e30f, total = 0;
  int32_t keys = call->causal && query + 1 < call->keys ? query + 1 : call->keys;
  for (int32_t i = 0; i < d; i++)
    sum[i] = 0;
  for (int32_t first = 0; first < keys; first += KEYS) {
    int32_t count = keys - first < KEYS ? keys - first : KEYS;
    float before = most;
    for (int32_t j = 0; j < count; j++) {
      float score = 0;
      for (int32_t i = 0; i < d; i++)
        score += q[i] * k[(first + j) * call->k_stride + i];
      scores[j] = score * call->scale;
      most = scores[j] > most ? scores[j] : most;
    }
    float keep = ck_exp(before - most);
    total *= keep;
    for (int32_t i = 0; i < d; i++)
      sum[i] *= keep;
    for (int32_t j = 0; j < count; j++) {
      float weight = ck_exp(scores[j] - most);
      total += weight;
      for (int32_t i = 0; i < d; i++)
        sum[i] += weight * v[(first + j) * call->v_stride + i];
    }
  }
  for (int32_t i = 0; i < d; i++)
    out[i] = sum[i] / total;
}

typedef struct plan {
  ck_device *device;
  const ck_attention_call *call;
} plan;

static void body(const void *context, int64_t begin, int64_t end, int thread) {
  const plan *plan = context;
  const ck_attention_call *call = plan->call;
  for (int64_t item = begin; item < end; item++) {
    int64_t head = item / call->queries;
    attend(call, head / call->heads, (int32_t)(head % call->heads), (int32_t)(item % call->queries),
           ck_arena(plan->device, thread));
  }
}

ck_status ck_reference_attention(ck_device *device, const ck_attention_call *call) {
  if (call->q.type != CK_F32 || call->k.type != CK_F32 || call->v.type != CK_F32 || call->out.type != CK_F32)
    return CK_UNSUPPORTED;
  if (call->batch < 1 || call->queries < 1 || call->keys < 1 || call->heads < 1 || call->head_size < 1 ||
      call->head_size > MAX_HEAD)
    return CK_BAD_ARGUMENT;
  plan plan = {device, call};
  ck_pool_run(device->pool, (int64_t)call->batch * call->heads * call->queries, 1, body, &plan);
  return CK_OK;
}
