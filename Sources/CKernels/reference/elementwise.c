#include "reference.h"
#include "host/scalar.h"

#include <math.h>

enum { GRAIN = 16 * 1024 }; // elements worth waking a thread for

typedef struct plan {
  const float *x[4];
  float coefficient[4];
  float *out;
  int32_t count, activation;
} plan;

CK_CLONES static void activate_body(const void *context, int64_t begin, int64_t end, int thread) {
  (void)thread;
  const plan *plan = context;
  if (plan->out != plan->x[0])
    memcpy(plan->out + begin, plan->x[0] + begin, (size_t)(end - begin) * sizeof(float));
  ck_activate_row(plan->out + begin, end - begin, plan->activation);
}

ck_status ck_reference_activate(ck_device *device, ck_operand x, ck_operand out, int64_t elements,
                                int32_t activation) {
  if (x.type != CK_F32 || out.type != CK_F32)
    return CK_UNSUPPORTED;
  if (activation < CK_ACTIVATION_NONE || activation > CK_ACTIVATION_QUICK_GELU)
    return CK_BAD_ARGUMENT;
  plan plan = {.x = {x.data}, .out = out.data, .activation = activation};
  ck_pool_run(device->pool, elements, GRAIN, activate_body, &plan);
  return CK_OK;
}

CK_CLONES static void add_body(const void *context, int64_t begin, int64_t end, int thread) {
  (void)thread;
  const plan *plan = context;
  for (int64_t i = begin; i < end; i++)
    plan->out[i] = plan->x[0][i] + plan->x[1][i];
}

ck_status ck_reference_add(ck_device *device, ck_operand a, ck_operand b, ck_operand out, int64_t elements) {
  if (a.type != CK_F32 || b.type != CK_F32 || out.type != CK_F32)
    return CK_UNSUPPORTED;
  plan plan = {.x = {a.data, b.data}, .out = out.data};
  ck_pool_run(device->pool, elements, GRAIN, add_body, &plan);
  return CK_OK;
}

CK_CLONES static void combine_body(const void *context, int64_t begin, int64_t end, int thread) {
  (void)thread;
  const plan *plan = context;
  for (int64_t i = begin; i < end; i++) {
    float sum = plan->coefficient[0] * plan->x[0][i];
    for (int32_t k = 1; k < plan->count; k++)
      sum += plan->coefficient[k] * plan->x[k][i];
    plan->out[i] = sum;
  }
}

ck_status ck_reference_combine(ck_device *device, const ck_combine_call *call) {
  if (call->count < 1 || call->count > 4)
    return CK_BAD_ARGUMENT;
  plan plan = {.out = call->out.data, .count = call->count};
  if (call->out.type != CK_F32)
    return CK_UNSUPPORTED;
  for (int32_t k = 0; k < call->count; k++) {
    if (call->x[k].type != CK_F32)
      return CK_UNSUPPORTED;
    plan.x[k] = call->x[k].data;
    plan.coefficient[k] = call->coefficient[k];
  }
  ck_pool_run(device->pool, call->elements, GRAIN, combine_body, &plan);
  return CK_OK;
}

CK_CLONES static void clamp_body(const void *context, int64_t begin, int64_t end, int thread) {
  (void)thread;
  const ck_scale_call *call = context;
  const float *x = call->x.data;
  float *out = call->out.data;
  for (int64_t i = begin; i < end; i++) {
    float value = x[i] * call->scale + call->shift;
    value = value < call->low ? call->low : value;
    out[i] = value > call->high ? call->high : value;
  }
}

ck_status ck_reference_scale_clamp(ck_device *device, const ck_scale_call *call) {
  if (call->x.type != CK_F32 || call->out.type != CK_F32)
    return CK_UNSUPPORTED;
  ck_pool_run(device->pool, call->elements, GRAIN, clamp_body, call);
  return CK_OK;
}
