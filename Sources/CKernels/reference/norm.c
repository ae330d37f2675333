#include "reference.h"
#include "scalar.h"

#include <math.h>

// Statistics are summed in double: cheap next to the memory they read, and no trouble with large means.

typedef struct group_plan {
  const ck_group_norm_call *call;
  int32_t channels, size;
} group_plan;

// One pixel's channel `channel` of the concatenation.
static const float *channel_pointer(const ck_group_norm_call *call, int64_t pixel, int32_t channel) {
  const float *x1 = call->x1.data, *x2 = call->x2.data;
  return channel < call->channels1 ? x1 + pixel * call->channels1 + channel
                                   : x2 + pixel * call->channels2 + (channel - call->channels1);
}

CK_CLONES static void sums(const group_plan *plan, int64_t first_pixel, int32_t first, double mean, double *result) {
  const ck_group_norm_call *call = plan->call;
  double sum = 0, squares = 0;
  for (int64_t pixel = 0; pixel < call->pixels; pixel++)
    for (int32_t c = first; c < first + plan->size; c++) {
      double value = *channel_pointer(call, first_pixel + pixel, c) - mean;
      sum += value;
      squares += value * value;
    }
  result[0] = sum;
  result[1] = squares;
}

static void group_body(const void *context, int64_t begin, int64_t end, int thread) {
  (void)thread;
  const group_plan *plan = context;
  const ck_group_norm_call *call = plan->call;
  const float *scale = call->scale.data, *shift = call->shift.data;
  for (int64_t item = begin; item < end; item++) {
    int64_t image = item / call->groups;
    int32_t first = (int32_t)(item % call->groups) * plan->size;
    double count = (double)call->pixels * plan->size, result[2];
    sums(plan, image * call->pixels, first, 0, result);
    double mean = result[0] / count;
    sums(plan, image * call->pixels, first, mean, result);
    float inverse = (float)(1 / sqrt(result[1] / count + (double)call->epsilon));
    for (int64_t pixel = image * call->pixels; pixel < (image + 1) * call->pixels; pixel++)
      for (int32_t c = first; c < first + plan->size; c++) {
        float value = (*channel_pointer(call, pixel, c) - (float)mean) * inverse;
        value = value * (scale ? scale[c] : 1) + (shift ? shift[c] : 0);
        ((float *)call->out.data)[pixel * plan->channels + c] =
            call->activation == CK_ACTIVATION_SILU ? ck_silu(value) : value;
      }
  }
}

ck_status ck_reference_group_norm(ck_device *device, const ck_group_norm_call *call) {
  group_plan plan = {.call = call, .channels = call->channels1 + call->channels2};
  if (call->x1.type != CK_F32 || call->out.type != CK_F32)
    return CK_UNSUPPORTED;
  if (call->batch < 1 || call->pixels < 1 || call->groups < 1 || plan.channels % call->groups != 0 ||
      (call->activation != CK_ACTIVATION_NONE && call->activation != CK_ACTIVATION_SILU))
    return CK_BAD_ARGUMENT;
  plan.size = plan.channels / call->groups;
  ck_pool_run(device->pool, (int64_t)call->batch * call->groups, 1, group_body, &plan);
  return CK_OK;
}

CK_CLONES static void layer_row(const ck_layer_norm_call *call, int64_t row) {
  const float *x = (const float *)call->x.data + row * call->columns;
  const float *scale = call->scale.data, *shift = call->shift.data;
  float *y = (float *)call->out.data + row * call->columns;
  double sum = 0, squares = 0;
  for (int32_t c = 0; c < call->columns; c++)
    sum += x[c];
  double mean = sum / call->columns;
  for (int32_t c = 0; c < call->columns; c++)
    squares += (x[c] - mean) * (x[c] - mean);
  float inverse = (float)(1 / sqrt(squares / call->columns + (double)call->epsilon)), center = (float)mean;
  for (int32_t c = 0; c < call->columns; c++)
    y[c] = (x[c] - center) * inverse * (scale ? scale[c] : 1) + (shift ? shift[c] : 0);
}

static void layer_body(const void *context, int64_t begin, int64_t end, int thread) {
  (void)thread;
  for (int64_t row = begin; row < end; row++)
    layer_row(context, row);
}

ck_status ck_reference_layer_norm(ck_device *device, const ck_layer_norm_call *call) {
  if (call->x.type != CK_F32 || call->out.type != CK_F32)
    return CK_UNSUPPORTED;
  if (call->rows < 1 || call->columns < 1)
    return CK_BAD_ARGUMENT;
  ck_pool_run(device->pool, call->rows, 8, layer_body, call);
  return CK_OK;
}

typedef struct softmax_plan {
  const float *x;
  float *out;
  int32_t columns;
} softmax_plan;

CK_CLONES static void softmax_row(const softmax_plan *plan, int64_t row) {
  const float *x = plan->x + row * plan->columns;
  float *y = plan->out + row * plan->columns, most = x[0];
  double sum = 0;
  for (int32_t c = 1; c < plan->columns; c++)
    most = x[c] > most ? x[c] : most;
  for (int32_t c = 0; c < plan->columns; c++)
    y[c] = ck_exp(x[c] - most);
  for (int32_t c = 0; c < plan->columns; c++)
    sum += y[c];
  float inverse = (float)(1 / sum);
  for (int32_t c = 0; c < plan->columns; c++)
    y[c] *= inverse;
}

static void softmax_body(const void *context, int64_t begin, int64_t end, int thread) {
  (void)thread;
  for (int64_t row = begin; row < end; row++)
    softmax_row(context, row);
}

ck_status ck_reference_softmax(ck_device *device, ck_operand x, ck_operand out, int64_t rows, int32_t columns) {
  if (x.type != CK_F32 || out.type != CK_F32)
    return CK_UNSUPPORTED;
  if (rows < 1 || columns < 1)
    return CK_BAD_ARGUMENT;
  softmax_plan plan = {x.data, out.data, columns};
  ck_pool_run(device->pool, rows, 8, softmax_body, &plan);
  return CK_OK;
}
