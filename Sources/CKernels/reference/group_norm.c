#include "reference.h"
#include "rows.h"

#include <math.h>

// Three steps: sums of every channel over parts of the pixels, statistics of the groups, the normalised
// output. The parts depend on the shape alone. Sums are doubles: cheap next to the memory they read, and
// exact enough for one pass over large means.

enum {
  SLAB = 16,         // channels summed together
  PARTS = 8,         // parts of a large picture
  LARGE = 2048,      // pixels from which a picture is summed in parts
  GRAIN = 16 * 1024, // elements worth waking a thread for
};

typedef struct plan {
  const ck_group_norm_call *call;
  int32_t channels, size, slabs1, slabs, parts;
  int64_t first_image, images;
  double *sums;   // [image][part][2][channels]
  float *factors; // [image][3][channels]: mean, scale, shift
} plan;

typedef double doubles __attribute__((vector_size(SLAB * 8), aligned(8)));

// Sums of up to SLAB neighbouring channels, and of their squares, over `pixels`.
CK_CLONES static void slab_sums(const float *x, int64_t stride, int64_t pixels, int32_t lanes, double *sums,
                                double *squares) {
  doubles sum = {0}, square = {0};
  float padded[SLAB] = {0};
  for (int64_t p = 0; p < pixels; p++) {
    ck_v16 values;
    if (lanes == SLAB) {
      memcpy(&values, x + p * stride, sizeof values);
    } else {
      for (int32_t l = 0; l < lanes; l++)
        padded[l] = x[p * stride + l];
      memcpy(&values, padded, sizeof values);
    }
    doubles wide = __builtin_convertvector(values, doubles);
    sum += wide;
    square += wide * wide;
  }
  for (int32_t l = 0; l < lanes; l++) {
    sums[l] = sum[l];
    squares[l] = square[l];
  }
}

static void sum_body(const void *context, int64_t begin, int64_t end, int thread) {
  (void)thread;
  const plan *plan = context;
  const ck_group_norm_call *call = plan->call;
  for (int64_t item = begin; item < end; item++) {
    int64_t image = item / (plan->parts * plan->slabs), part = item / plan->slabs % plan->parts;
    int32_t slab = (int32_t)(item % plan->slabs), second = slab >= plan->slabs1;
    int32_t channels = second ? call->channels2 : call->channels1;
    int32_t channel = (second ? slab - plan->slabs1 : slab) * SLAB;
    int64_t from = call->pixels * part / plan->parts, to = call->pixels * (part + 1) / plan->parts;
    const float *x = second ? call->x2.data : call->x1.data;
    double *sums = plan->sums + (image * plan->parts + part) * 2 * plan->channels;
    sums += channel + (second ? call->channels1 : 0);
    slab_sums(x + ((plan->first_image + image) * call->pixels + from) * channels + channel, channels,
              to - from, channels - channel < SLAB ? channels - channel : SLAB, sums, sums + plan->channels);
  }
}

static void group_statistics(const plan *plan, int64_t image, int32_t group) {
  const ck_group_norm_call *call = plan->call;
  const float *scale = call->scale.data, *shift = call->shift.data;
  int32_t first = group * plan->size;
  double sum = 0, squares = 0, count = (double)call->pixels * plan->size;
  for (int32_t part = 0; part < plan->parts; part++) {
    const double *sums = plan->sums + (image * plan->parts + part) * 2 * plan->channels;
    for (int32_t c = first; c < first + plan->size; c++) {
      sum += sums[c];
      squares += sums[plan->channels + c];
    }
  }
  double mean = sum / count, variance = squares / count - mean * mean;
  double inverse = 1 / sqrt((variance > 0 ? variance : variance * 0) + (double)call->epsilon);
  for (int32_t c = first; c < first + plan->size; c++) {
    float *factors = plan->factors + image * 3 * plan->channels + c;
    factors[0] = (float)mean;
    factors[plan->channels] = (float)inverse * (scale != NULL ? scale[c] : 1.0f);
    factors[2 * plan->channels] = shift != NULL ? shift[c] : 0.0f;
  }
}

CK_CLONES static void apply(const plan *plan, const float *x, float *y, const float *factors,
                            int32_t channels) {
  const float *mean = factors, *scale = mean + plan->channels, *shift = scale + plan->channels;
  if (plan->call->activation == CK_ACTIVATION_SILU)
    for (int32_t c = 0; c < channels; c++)
      y[c] = ck_silu((x[c] - mean[c]) * scale[c] + shift[c]);
  else
    for (int32_t c = 0; c < channels; c++)
      y[c] = (x[c] - mean[c]) * scale[c] + shift[c];
}

static void apply_body(const void *context, int64_t begin, int64_t end, int thread) {
  (void)thread;
  const plan *plan = context;
  const ck_group_norm_call *call = plan->call;
  int32_t n1 = call->channels1, n2 = call->channels2;
  for (int64_t item = begin; item < end; item++) {
    int64_t image = item / call->pixels, pixel = plan->first_image * call->pixels + item;
    const float *factors = plan->factors + image * 3 * plan->channels;
    float *y = (float *)call->out.data + pixel * plan->channels;
    apply(plan, (const float *)call->x1.data + pixel * n1, y, factors, n1);
    if (n2 > 0)
      apply(plan, (const float *)call->x2.data + pixel * n2, y + n1, factors + n1, n2);
  }
}

// Sums, then the factors of every channel of the plan's images.
static void find_factors(ck_device *device, plan *plan) {
  const ck_group_norm_call *call = plan->call;
  int64_t work = plan->images * plan->parts * plan->slabs, each = call->pixels * SLAB / plan->parts + 1;
  ck_pool_run(device->pool, work, GRAIN / each + 1, sum_body, plan);
  for (int64_t image = 0; image < plan->images; image++)
    for (int32_t group = 0; group < call->groups; group++)
      group_statistics(plan, image, group);
}

static void apply_factors(ck_device *device, plan *plan) {
  ck_pool_run(device->pool, plan->images * plan->call->pixels, GRAIN / plan->channels + 1, apply_body, plan);
}

// What a convolution multiplies by and adds: scale, and shift − mean·scale.
static void write_factors(ck_device *device, plan *plan) {
  (void)device;
  int64_t channels = plan->channels, all = plan->call->batch * channels;
  for (int64_t image = 0; image < plan->images; image++) {
    const float *mean = plan->factors + image * 3 * channels, *scale = mean + channels;
    float *to = (float *)plan->call->out.data + (plan->first_image + image) * channels;
    for (int64_t c = 0; c < channels; c++) {
      to[c] = scale[c];
      to[all + c] = (float)((double)scale[channels + c] - (double)mean[c] * (double)scale[c]);
    }
  }
}

static ck_status check(const ck_group_norm_call *call, int32_t channels) {
  if (call->x1.type != CK_F32 || call->out.type != CK_F32 || (call->channels2 > 0 && call->x2.type != CK_F32))
    return CK_UNSUPPORTED;
  if (call->batch < 1 || call->pixels < 1 || call->groups < 1 || call->channels1 < 1 || call->channels2 < 0 ||
      channels % call->groups != 0 ||
      (call->activation != CK_ACTIVATION_NONE && call->activation != CK_ACTIVATION_SILU))
    return CK_BAD_ARGUMENT;
  return CK_OK;
}

// Does `last` with the factors of all images, as many at a time as the arena holds.
static ck_status each_image(ck_device *device, const ck_group_norm_call *call,
                            void (*last)(ck_device *device, plan *plan)) {
  int32_t channels = call->channels1 + call->channels2;
  ck_status status = check(call, channels);
  if (status != CK_OK)
    return status;
  plan plan = {.call = call, .channels = channels, .size = channels / call->groups};
  plan.slabs1 = (call->channels1 + SLAB - 1) / SLAB;
  plan.slabs = plan.slabs1 + (call->channels2 + SLAB - 1) / SLAB;
  plan.parts = call->pixels >= LARGE ? PARTS : 1;
  int64_t need = (int64_t)channels * (plan.parts * 4 + 3), fit = CK_ARENA_FLOATS / need;
  if (fit < 1)
    return CK_UNSUPPORTED;
  plan.sums = (double *)(void *)ck_arena(device, 0);
  for (int64_t image = 0; image < call->batch; image += plan.images) {
    plan.first_image = image;
    plan.images = call->batch - image < fit ? call->batch - image : fit;
    plan.factors = ck_arena(device, 0) + plan.images * plan.parts * 4 * channels;
    find_factors(device, &plan);
    last(device, &plan);
  }
  return CK_OK;
}

ck_status ck_reference_group_norm(ck_device *device, const ck_group_norm_call *call) {
  return each_image(device, call, apply_factors);
}

ck_status ck_reference_group_norm_factors(ck_device *device, const ck_group_norm_call *call) {
  return each_image(device, call, write_factors);
}
