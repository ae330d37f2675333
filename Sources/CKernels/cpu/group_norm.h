#ifndef ATELIER_CPU_GROUP_NORM_H
#define ATELIER_CPU_GROUP_NORM_H

// Group normalisation: sums of every channel over parts of the pixels, factors of the groups, and, unless a
// convolution does that as it reads, the normalised output. Parts depend on the shape alone.
//
// Values are summed as differences from the channel's first value: that keeps float32 exact enough for large
// means. Parts are folded in double.

#include "cpu/normalise.h"
#include "cpu/operands.h"

#include <math.h>

enum { SLAB = 4, SLAB_CHANNELS = SLAB * CK_WIDTH, PART_PIXELS = 1024 };

typedef struct norm_plan {
  const ck_group_norm_call *call;
  int32_t channels, size, slabs1, slabs, parts;
  double *sums; // [image][part][2][channels]
  float *scale; // [image][channels], then as many shifts
} norm_plan;

// Sums of `lanes` ≤ SLAB_CHANNELS neighbouring channels and of their squares, as differences from `first`.
CK_INLINE void slab_sums(const ck_store *x, const ck_store *first, int64_t stride, int64_t pixels,
                         int32_t lanes, double *sums, double *squares) {
  ck_v16 origin[SLAB], sum[SLAB], square[SLAB];
  for (int v = 0; v < SLAB; v++) {
    int32_t left = lanes - v * CK_WIDTH;
    origin[v] = left > 0 ? ck_load_most(first + v * CK_WIDTH, left) : ck_splat(0);
    sum[v] = square[v] = ck_splat(0);
  }
  for (int64_t p = 0; p < pixels; p++)
    for (int v = 0; v < SLAB; v++) {
      int32_t left = lanes - v * CK_WIDTH;
      if (left <= 0)
        break;
      ck_v16 apart = ck_load_most(x + p * stride + v * CK_WIDTH, left) - origin[v];
      sum[v] += apart;
      square[v] += apart * apart;
    }
  for (int32_t l = 0; l < lanes; l++) {
    sums[l] = (double)sum[l / CK_WIDTH][l % CK_WIDTH];
    squares[l] = (double)square[l / CK_WIDTH][l % CK_WIDTH];
  }
}

static void sum_body(const void *context, int64_t begin, int64_t end, int thread) {
  (void)thread;
  const norm_plan *plan = context;
  const ck_group_norm_call *call = plan->call;
  for (int64_t item = begin; item < end; item++) {
    int64_t image = item / (plan->parts * plan->slabs), part = item / plan->slabs % plan->parts;
    int32_t slab = (int32_t)(item % plan->slabs), second = slab >= plan->slabs1;
    int32_t channels = second ? call->channels2 : call->channels1;
    int32_t channel = (second ? slab - plan->slabs1 : slab) * SLAB_CHANNELS;
    int32_t lanes = channels - channel < SLAB_CHANNELS ? channels - channel : SLAB_CHANNELS;
    int64_t from = call->pixels * part / plan->parts, to = call->pixels * (part + 1) / plan->parts;
    const ck_store *x = (const ck_store *)(second ? call->x2.data : call->x1.data) +
                        image * call->pixels * channels + channel;
    double *sums = plan->sums + (image * plan->parts + part) * 2 * plan->channels + channel +
                   (second ? call->channels1 : 0);
    // Whole slabs are compiled apart, with their width known.
    if (lanes == SLAB_CHANNELS)
      slab_sums(x + from * channels, x, channels, to - from, SLAB_CHANNELS, sums, sums + plan->channels);
    else
      slab_sums(x + from * channels, x, channels, to - from, lanes, sums, sums + plan->channels);
  }
}

// Where the differences of a channel start from.
CK_INLINE double channel_origin(const ck_group_norm_call *call, int64_t image, int32_t channel) {
  if (channel < call->channels1)
    return (double)ck_load1((const ck_store *)call->x1.data + image * call->pixels * call->channels1 +
                            channel);
  return (double)ck_load1((const ck_store *)call->x2.data + image * call->pixels * call->channels2 + channel -
                          call->channels1);
}

// Mean and variance of a channel from its parts.
CK_INLINE void channel_moments(const norm_plan *plan, int64_t image, int32_t channel, double *mean,
                               double *variance) {
  double sum = 0, square = 0, pixels = (double)plan->call->pixels;
  for (int32_t part = 0; part < plan->parts; part++) {
    const double *sums = plan->sums + (image * plan->parts + part) * 2 * plan->channels + channel;
    sum += sums[0];
    square += sums[plan->channels];
  }
  *mean = channel_origin(plan->call, image, channel) + sum / pixels;
  *variance = square / pixels - sum / pixels * (sum / pixels);
}

// A group's variance is the mean of its channels' variances plus the variance of their means.
static void group_factors(const norm_plan *plan, int64_t image, int32_t group) {
  const ck_group_norm_call *call = plan->call;
  const float *scale = call->scale.data, *shift = call->shift.data;
  int32_t first = group * plan->size, last = first + plan->size;
  double mean = 0, variance = 0, channel_mean, channel_variance;
  for (int32_t c = first; c < last; c++) {
    channel_moments(plan, image, c, &channel_mean, &channel_variance);
    mean += channel_mean / plan->size;
  }
  for (int32_t c = first; c < last; c++) {
    channel_moments(plan, image, c, &channel_mean, &channel_variance);
    variance += (channel_variance + (channel_mean - mean) * (channel_mean - mean)) / plan->size;
  }
  // A variance that rounding made negative is none; one that is not a number stays so.
  double inverse = 1 / sqrt((variance < 0 ? 0 : variance) + (double)call->epsilon);
  float *scales = plan->scale + image * plan->channels, *shifts = scales + call->batch * plan->channels;
  for (int32_t c = first; c < last; c++) {
    double factor = inverse * (double)(scale != NULL ? scale[c] : 1.0f);
    scales[c] = (float)factor;
    shifts[c] = (float)((double)(shift != NULL ? shift[c] : 0.0f) - mean * factor);
  }
}

static void factor_body(const void *context, int64_t begin, int64_t end, int thread) {
  (void)thread;
  const norm_plan *plan = context;
  for (int64_t item = begin; item < end; item++)
    group_factors(plan, item / plan->call->groups, (int32_t)(item % plan->call->groups));
}

static void apply_body(const void *context, int64_t begin, int64_t end, int thread) {
  (void)thread;
  const norm_plan *plan = context;
  const ck_group_norm_call *call = plan->call;
  int32_t n1 = call->channels1, n2 = call->channels2;
  for (int64_t pixel = begin; pixel < end; pixel++) {
    const float *scale = plan->scale + pixel / call->pixels * plan->channels;
    const float *shift = scale + call->batch * plan->channels;
    ck_store *y = (ck_store *)call->out.data + pixel * plan->channels;
    normalise(y, (const ck_store *)call->x1.data + pixel * n1, scale, shift, n1, call->activation);
    if (n2 > 0)
      normalise(y + n1, (const ck_store *)call->x2.data + pixel * n2, scale + n1, shift + n1, n2,
                call->activation);
  }
}

static ck_status check_norm(const ck_group_norm_call *call, int32_t out_type) {
  if (call->x1.type != CK_STORE_TYPE || call->out.type != out_type ||
      (call->channels2 > 0 && call->x2.type != CK_STORE_TYPE) ||
      (call->scale.data != NULL && call->scale.type != CK_F32) ||
      (call->shift.data != NULL && call->shift.type != CK_F32))
    return CK_UNSUPPORTED;
  if (call->batch < 1 || call->pixels < 1 || call->groups < 1 || call->channels1 < 1 || call->channels2 < 0 ||
      (call->channels1 + call->channels2) % call->groups != 0 ||
      (call->activation != CK_ACTIVATION_NONE && call->activation != CK_ACTIVATION_SILU))
    return CK_BAD_ARGUMENT;
  return CK_OK;
}

// Computes the factors, into `factors` or, where that is null, into the shared scratch.
static ck_status find_factors(ck_device *device, norm_plan *plan, float *factors) {
  const ck_group_norm_call *call = plan->call;
  plan->channels = call->channels1 + call->channels2;
  plan->size = plan->channels / call->groups;
  plan->slabs1 = (call->channels1 + SLAB_CHANNELS - 1) / SLAB_CHANNELS;
  plan->slabs = plan->slabs1 + (call->channels2 + SLAB_CHANNELS - 1) / SLAB_CHANNELS;
  int64_t parts = (call->pixels + PART_PIXELS - 1) / PART_PIXELS;
  if (parts > INT32_MAX / 2)
    return CK_BAD_ARGUMENT;
  plan->parts = (int32_t)parts;
  size_t count = (size_t)call->batch * (size_t)plan->channels;
  size_t sums = count * (size_t)parts * 2 * sizeof(double);
  ck_status status = ck_reserve_shared(device, sums + count * 2 * sizeof(float));
  if (status != CK_OK)
    return status;
  plan->sums = (double *)(void *)device->shared.memory;
  plan->scale = factors != NULL ? factors : (float *)(void *)(device->shared.memory + sums);
  int64_t work = call->pixels * SLAB_CHANNELS / parts + 1;
  ck_pool_run(device->pool, call->batch * parts * plan->slabs, CK_GRAIN / work + 1, sum_body, plan);
  ck_pool_run(device->pool, (int64_t)call->batch * call->groups, CK_GRAIN / (parts * plan->size) + 1,
              factor_body, plan);
  return CK_OK;
}

static ck_status tier_group_norm(ck_device *device, const ck_group_norm_call *call) {
  norm_plan plan = {.call = call};
  ck_status status = check_norm(call, CK_STORE_TYPE);
  if (status == CK_OK)
    status = find_factors(device, &plan, NULL);
  if (status == CK_OK)
    ck_pool_run(device->pool, call->batch * call->pixels, CK_GRAIN / plan.channels + 1, apply_body, &plan);
  return status;
}

static ck_status tier_group_norm_factors(ck_device *device, const ck_group_norm_call *call) {
  norm_plan plan = {.call = call};
  ck_status status = check_norm(call, CK_F32);
  return status == CK_OK ? find_factors(device, &plan, call->out.data) : status;
}

#endif
