#ifndef ATELIER_CPU_ELEMENTWISE_H
#define ATELIER_CPU_ELEMENTWISE_H

// Element by element: one loop over sixteen at a time, with what is done to them as a parameter the compiler
// sees.

#include "cpu/operands.h"

typedef struct elementwise_plan {
  ck_operand x[4], out;
  float coefficient[4];
  float shift, low, high;
  int32_t count, activation;
  int64_t elements;
} elementwise_plan;

typedef ck_v16 (*element_function)(const elementwise_plan *plan, int64_t index, int64_t left);

// Items are vectors, so that a chunk never cuts one.
CK_INLINE void each_vector(const elementwise_plan *plan, int64_t begin, int64_t end,
                           element_function function) {
  for (int64_t i = begin * CK_WIDTH; i < end * CK_WIDTH; i += CK_WIDTH) {
    int64_t left = plan->elements - i;
    ck_store_typed(plan->out.data, plan->out.type, i, function(plan, i, left), left);
  }
}

CK_INLINE ck_v16 first_operand(const elementwise_plan *plan, int64_t i, int64_t left) {
  return ck_load_typed(plan->x[0].data, plan->x[0].type, i, left);
}
CK_INLINE ck_v16 activated(const elementwise_plan *plan, int64_t i, int64_t left) {
  return ck_activate16(first_operand(plan, i, left), plan->activation);
}
CK_INLINE ck_v16 combined(const elementwise_plan *plan, int64_t i, int64_t left) {
  ck_v16 sum = first_operand(plan, i, left) * plan->coefficient[0];
  for (int32_t k = 1; k < plan->count; k++)
    sum += ck_load_typed(plan->x[k].data, plan->x[k].type, i, left) * plan->coefficient[k];
  return sum;
}
// Comparisons are made so that what is not a number stays so, as in the reference.
CK_INLINE ck_v16 clamped(const elementwise_plan *plan, int64_t i, int64_t left) {
  ck_v16 value = first_operand(plan, i, left) * plan->coefficient[0] + plan->shift;
  ck_v16 low = ck_splat(plan->low), high = ck_splat(plan->high);
  value = value < low ? low : value;
  return value > high ? high : value;
}

#define CK_ELEMENT_BODY(name, function)                                                                      \
  static void name(const void *context, int64_t begin, int64_t end, int thread) {                            \
    (void)thread;                                                                                            \
    each_vector(context, begin, end, function);                                                              \
  }
CK_ELEMENT_BODY(convert_body, first_operand)
CK_ELEMENT_BODY(activate_body, activated)
CK_ELEMENT_BODY(combine_body, combined)
CK_ELEMENT_BODY(clamp_body, clamped)
#undef CK_ELEMENT_BODY

static ck_status run_elementwise(ck_device *device, const elementwise_plan *plan, ck_body body) {
  for (int32_t k = 0; k < plan->count; k++)
    if (!ck_type_is_known(plan->x[k].type))
      return CK_UNSUPPORTED;
  if (!type_is_written(plan->out.type))
    return CK_UNSUPPORTED;
  ck_pool_run(device->pool, (plan->elements + CK_WIDTH - 1) / CK_WIDTH, CK_GRAIN / CK_WIDTH, body, plan);
  return CK_OK;
}

static ck_status tier_convert(ck_device *device, ck_operand x, ck_operand out, int64_t elements) {
  elementwise_plan plan = {.x = {x}, .out = out, .count = 1, .elements = elements};
  return run_elementwise(device, &plan, convert_body);
}

static ck_status tier_activate(ck_device *device, ck_operand x, ck_operand out, int64_t elements,
                               int32_t activation) {
  if (activation < CK_ACTIVATION_NONE || activation > CK_ACTIVATION_QUICK_GELU)
    return CK_BAD_ARGUMENT;
  elementwise_plan plan = {.x = {x}, .out = out, .count = 1, .elements = elements, .activation = activation};
  return run_elementwise(device, &plan, activate_body);
}

static ck_status tier_combine(ck_device *device, const ck_combine_call *call) {
  if (call->count < 1 || call->count > 4)
    return CK_BAD_ARGUMENT;
  elementwise_plan plan = {.out = call->out, .count = call->count, .elements = call->elements};
  memcpy(plan.x, call->x, sizeof plan.x);
  memcpy(plan.coefficient, call->coefficient, sizeof plan.coefficient);
  return run_elementwise(device, &plan, combine_body);
}

static ck_status tier_add(ck_device *device, ck_operand a, ck_operand b, ck_operand out, int64_t elements) {
  elementwise_plan plan = {.x = {a, b}, .coefficient = {1, 1}, .out = out, .count = 2, .elements = elements};
  return run_elementwise(device, &plan, combine_body);
}

static ck_status tier_scale_clamp(ck_device *device, const ck_scale_call *call) {
  elementwise_plan plan = {
      .x = {call->x},
      .coefficient = {call->scale},
      .shift = call->shift,
      .low = call->low,
      .high = call->high,
      .out = call->out,
      .count = 1,
      .elements = call->elements,
  };
  return run_elementwise(device, &plan, clamp_body);
}

#endif
