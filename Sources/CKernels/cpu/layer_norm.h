#ifndef ATELIER_CPU_LAYER_NORM_H
#define ATELIER_CPU_LAYER_NORM_H

// Layer normalisation and softmax: row by row, each row in the first cache.

#include "cpu/operands.h"

#include <math.h>

// The sum of a row in lanes; the lanes of the last vector past the row are zero.
CK_INLINE float row_mean(const ck_store *x, int32_t columns) {
  ck_v16 sum = 0;
  for (int32_t c = 0; c < columns; c += CK_WIDTH)
    sum += ck_load_most(x + c, columns - c);
  return ck_sum_lanes(sum) / (float)columns;
}

// Σ(x − mean)² / columns: a second pass over what is in the first cache, exact for any mean.
CK_INLINE float row_variance(const ck_store *x, int32_t columns, float mean) {
  ck_v16 sum = 0;
  int32_t c = 0;
  for (; c + CK_WIDTH <= columns; c += CK_WIDTH) {
    ck_v16 apart = ck_load16(x + c) - mean;
    sum += apart * apart;
  }
  float squares = ck_sum_lanes(sum);
  for (; c < columns; c++)
    squares += (ck_load1(x + c) - mean) * (ck_load1(x + c) - mean);
  return squares / (float)columns;
}

static void layer_row(const ck_layer_norm_call *call, int64_t row) {
  const ck_store *x = (const ck_store *)call->x.data + row * call->columns;
  ck_store *y = (ck_store *)call->out.data + row * call->columns;
  const float *scale = call->scale.data, *shift = call->shift.data;
  float mean = row_mean(x, call->columns);
  float inverse = 1.0f / sqrtf(row_variance(x, call->columns, mean) + call->epsilon);
  for (int32_t c = 0; c < call->columns; c += CK_WIDTH) {
    int32_t left = call->columns - c;
    ck_v16 value = (ck_load_most(x + c, left) - mean) * inverse;
    if (scale != NULL)
      value *= ck_load_most_f32(scale + c, left);
    if (shift != NULL)
      value += ck_load_most_f32(shift + c, left);
    ck_store_most(y + c, value, left);
  }
}

static void layer_body(const void *context, int64_t begin, int64_t end, int thread) {
  (void)thread;
  for (int64_t row = begin; row < end; row++)
    layer_row(context, row);
}

static ck_status tier_layer_norm(ck_device *device, const ck_layer_norm_call *call) {
  if (call->x.type != CK_STORE_TYPE || call->out.type != CK_STORE_TYPE || call->scale.type != CK_F32 ||
      call->shift.type != CK_F32)
    return CK_UNSUPPORTED;
  if (call->rows < 1 || call->columns < 1)
    return CK_BAD_ARGUMENT;
  ck_pool_run(device->pool, call->rows, CK_GRAIN / call->columns + 1, layer_body, call);
  return CK_OK;
}

typedef struct softmax_plan {
  const ck_store *x;
  ck_store *out;
  int32_t columns;
} softmax_plan;

// e^(x − most) twice: cheaper than keeping a row of floats somewhere.
static void softmax_row(const softmax_plan *plan, int64_t row) {
  const ck_store *x = plan->x + row * plan->columns;
  ck_store *y = plan->out + row * plan->columns;
  float most = ck_load1(x), total = 0;
  int32_t c = 0;
  ck_v16 highest = ck_splat(most), sum = 0;
  for (; c + CK_WIDTH <= plan->columns; c += CK_WIDTH)
    highest = ck_max(ck_load16(x + c), highest);
  most = ck_max_lanes(highest);
  for (; c < plan->columns; c++)
    most = ck_load1(x + c) > most ? ck_load1(x + c) : most;
  for (c = 0; c + CK_WIDTH <= plan->columns; c += CK_WIDTH)
    sum += ck_exp16(ck_load16(x + c) - most);
  total = ck_sum_lanes(sum);
  for (; c < plan->columns; c++)
    total += ck_exp(ck_load1(x + c) - most);
  float inverse = 1.0f / total;
  for (c = 0; c < plan->columns; c += CK_WIDTH) {
    int32_t left = plan->columns - c;
    ck_store_most(y + c, ck_exp16(ck_load_most(x + c, left) - most) * inverse, left);
  }
}

static void softmax_body(const void *context, int64_t begin, int64_t end, int thread) {
  (void)thread;
  for (int64_t row = begin; row < end; row++)
    softmax_row(context, row);
}

static ck_status tier_softmax(ck_device *device, ck_operand x, ck_operand out, int64_t rows,
                              int32_t columns) {
  if (x.type != CK_STORE_TYPE || out.type != CK_STORE_TYPE)
    return CK_UNSUPPORTED;
  if (rows < 1 || columns < 1)
    return CK_BAD_ARGUMENT;
  softmax_plan plan = {x.data, out.data, columns};
  ck_pool_run(device->pool, rows, CK_GRAIN / columns + 1, softmax_body, &plan);
  return CK_OK;
}

#endif
