#ifndef ATELIER_CPU_PICTURE_H
#define ATELIER_CPU_PICTURE_H

// The end of a picture: bytes, and whether its numbers are any.

#include "cpu/operands.h"

typedef struct picture_plan {
  ck_operand x;
  uint8_t *out;
  int64_t elements;
  uint64_t *counts; // [threads]
} picture_plan;

// Adding 1.5·2²³ rounds half to even, as numpy's round does; the comparisons send NaN to 0.
static void bytes_body(const void *context, int64_t begin, int64_t end, int thread) {
  (void)thread;
  const picture_plan *plan = context;
  for (int64_t i = begin * CK_WIDTH; i < end * CK_WIDTH; i += CK_WIDTH) {
    int64_t left = plan->elements - i;
    ck_v16 value = ck_load_typed(plan->x.data, plan->x.type, i, left) * 0.5f + 0.5f;
    value = value > ck_splat(0) ? value : ck_splat(0);
    value = value < ck_splat(1) ? value : ck_splat(1);
    value = value * 255.0f;
    ck_u16 bits = (ck_u16)(value + 12582912.0f) & 0xffu;
    typedef uint8_t bytes __attribute__((ext_vector_type(16)));
    bytes out = __builtin_convertvector(bits, bytes);
    memcpy(plan->out + i, &out, (size_t)(left < CK_WIDTH ? left : CK_WIDTH));
  }
}

static ck_status tier_to_bytes(ck_device *device, ck_operand x, void *out, int64_t elements) {
  if (!ck_type_is_known(x.type))
    return CK_UNSUPPORTED;
  picture_plan plan = {.x = x, .out = out, .elements = elements};
  ck_pool_run(device->pool, (elements + CK_WIDTH - 1) / CK_WIDTH, CK_GRAIN / CK_WIDTH, bytes_body, &plan);
  return CK_OK;
}

static void count_body(const void *context, int64_t begin, int64_t end, int thread) {
  const picture_plan *plan = context;
  ck_u16 count = 0;
  for (int64_t i = begin * CK_WIDTH; i < end * CK_WIDTH; i += CK_WIDTH) {
    ck_u16 bits = (ck_u16)ck_load_typed(plan->x.data, plan->x.type, i, plan->elements - i);
    count -= (ck_u16)((bits & 0x7f800000u) == 0x7f800000u);
  }
  for (int l = 0; l < CK_WIDTH; l++)
    plan->counts[thread] += count[l];
}

static ck_status tier_count_nonfinite(ck_device *device, ck_operand x, int64_t elements, uint64_t *count) {
  *count = 0;
  if (!ck_type_is_known(x.type))
    return CK_UNSUPPORTED;
  uint64_t counts[CK_MAX_THREADS] = {0};
  picture_plan plan = {.x = x, .elements = elements, .counts = counts};
  ck_pool_run(device->pool, (elements + CK_WIDTH - 1) / CK_WIDTH, CK_GRAIN / CK_WIDTH, count_body, &plan);
  for (int i = 0; i < CK_MAX_THREADS; i++)
    *count += counts[i];
  return CK_OK;
}

#endif
