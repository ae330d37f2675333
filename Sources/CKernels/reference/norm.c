#include "reference.h"
#include "rows.h"

#include <math.h>

CK_CLONES static void layer_row(const ck_layer_norm_call *call, int64_t row) {
  const float *x = (const float *)call->x.data + row * call->columns;
  const float *scale = call->scale.data, *shift = call->shift.data;
  float *y = (float *)call->out.data + row * call->columns;
  double mean = ck_row_sum(x, call->columns) / call->columns;
  double variance = ck_row_squares(x, call->columns, mean) / call->columns;
  float inverse = (float)(1 / sqrt(variance + (double)call->epsilon)), center = (float)mean;
  for (int32_t c = 0; c < call->columns; c++)
    y[c] = (x[c] - center) * inverse;
  if (scale != NULL)
    for (int32_t c = 0; c < call->columns; c++)
      y[c] *= scale[c];
  if (shift != NULL)
    for (int32_t c = 0; c < call->columns; c++)
      y[c] += shift[c];
}

static void layer_body(const void *context, int64_t begin, int64_t end, int thread) {
  (void)thread;
  for (int64_t row = begin; row < end; row++)
    layer_row(context, row);
}

ck_status ck_reference_layer_norm(ck_device *device, const ck_layer_norm_call *call) {
  if (call->x.type != CK_F32 || call->out.type != CK_F32 || call->scale.type != CK_F32 ||
      call->shift.type != CK_F32)
    return CK_UNSUPPORTED;
  if (call->rows < 1 || call->columns < 1)
    return CK_BAD_ARGUMENT;
  ck_pool_run(device->pool, call->rows, 8, layer_body, call);
  return CK_OK;
}
