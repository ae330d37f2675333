#include "reference.h"
#include "rows.h"
#include "host/scalar.h"

typedef struct softmax_plan {
  const float *x;
  float *out;
  int32_t columns;
} softmax_plan;

CK_CLONES static void softmax_row(const softmax_plan *plan, int64_t row) {
  const float *x = plan->x + row * plan->columns;
  float *y = plan->out + row * plan->columns;
  float most = ck_row_max(x, plan->columns);
  if (y != x)
    memcpy(y, x, (size_t)plan->columns * sizeof(float));
  float inverse = 1.0f / ck_row_exp(y, plan->columns, most);
  for (int32_t c = 0; c < plan->columns; c++)
    y[c] *= inverse;
}

static void softmax_body(const void *context, int64_t begin, int64_t end, int thread) {
  (void)thread;
  for (int64_t row = begin; row < end; row++)
    softmax_row(context, row);
}

ck_status ck_reference_softmax(ck_device *device, ck_operand x, ck_operand out, int64_t rows,
                               int32_t columns) {
  if (x.type != CK_F32 || out.type != CK_F32)
    return CK_UNSUPPORTED;
  if (rows < 1 || columns < 1)
    return CK_BAD_ARGUMENT;
  softmax_plan plan = {x.data, out.data, columns};
  ck_pool_run(device->pool, rows, 8, softmax_body, &plan);
  return CK_OK;
}
