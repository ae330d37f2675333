#include "product.h"
#include "host/checks.h"
#include "host/host.h"
#include "host/scalar.h"

#include <stdlib.h>
#include <string.h>

// Direct convolution: for every tap, a tile of output pixels is a list of pointers to source pixels (or to
// zeros), so that stride, padding, enlargement and concatenation are all in how the pointers are set.

typedef struct plan {
  const ck_conv_call *call;
  const ck_weights *weights;
  const float *zeros;
  int32_t out_height, out_width;
  int64_t pixels, tiles;
} plan;

// Where the kernel lies for one output pixel: its image, and the input row and column under tap (0, 0).
typedef struct place {
  int64_t image;
  int32_t y, x;
} place;

static void find_places(const plan *plan, int64_t first, place *places) {
  const ck_conv_call *call = plan->call;
  int64_t per_image = (int64_t)plan->out_height * plan->out_width;
  for (int p = 0; p < CK_TILE; p++) {
    int64_t index = first + p < plan->pixels ? first + p : plan->pixels - 1, within = index % per_image;
    places[p].image = index / per_image * call->source_height * call->source_width;
    places[p].y = (int32_t)(within / plan->out_width) * call->stride - call->pad_top;
    places[p].x = (int32_t)(within % plan->out_width) * call->stride - call->pad_left;
  }
}

// Source pixel under tap (ky, kx), or −1 for padding.
static int64_t source_pixel(const ck_conv_call *call, place place, int32_t ky, int32_t kx) {
  int64_t y = place.y + ky, x = place.x + kx;
  if (y < 0 || y >= call->in_height || x < 0 || x >= call->in_width)
    return -1;
  if (call->source_height != call->in_height)
    y = y * call->source_height / call->in_height;
  if (call->source_width != call->in_width)
    x = x * call->source_width / call->in_width;
  return place.image + y * call->source_width + x;
}

// Sums one tap of one tile over the channels of one source.
static void add_source(float *acc, const plan *plan, const int64_t *pixels, const float *source,
                       int32_t channels, const float *panel) {
  const float *pointers[CK_TILE];
  for (int p = 0; p < CK_TILE; p++)
    pointers[p] = pixels[p] < 0 ? plan->zeros : source + pixels[p] * channels;
  ck_tile_accumulate(acc, CK_BLOCK, pointers, panel, channels);
}

static void run_tile(const plan *plan, int32_t block, int64_t first, float *acc) {
  const ck_conv_call *call = plan->call;
  const ck_weights *w = plan->weights;
  int64_t tap_size = (int64_t)w->inputs * CK_BLOCK;
  const float *panel = w->panels + block * tap_size * w->kernel_h * w->kernel_w;
  place places[CK_TILE];
  find_places(plan, first, places);
  memset(acc, 0, sizeof(float) * CK_TILE * CK_BLOCK);
  for (int32_t ky = 0; ky < w->kernel_h; ky++)
    for (int32_t kx = 0; kx < w->kernel_w; kx++, panel += tap_size) {
      int64_t pixels[CK_TILE];
      for (int p = 0; p < CK_TILE; p++)
        pixels[p] = source_pixel(call, places[p], ky, kx);
      add_source(acc, plan, pixels, call->x1.data, call->channels1, panel);
      if (call->channels2 > 0)
        add_source(acc, plan, pixels, call->x2.data, call->channels2,
                   panel + (int64_t)call->channels1 * CK_BLOCK);
    }
}

static void body(const void *context, int64_t begin, int64_t end, int thread) {
  (void)thread;
  const plan *plan = context;
  const ck_conv_call *call = plan->call;
  _Alignas(64) float acc[CK_TILE * CK_BLOCK];
  for (int64_t item = begin; item < end; item++) {
    int32_t block = (int32_t)(item / plan->tiles);
    int64_t first = item % plan->tiles * CK_TILE;
    int64_t left = plan->pixels - first;
    int32_t columns = plan->weights->outputs, column = block * CK_BLOCK;
    run_tile(plan, block, first, acc);
    ck_epilogue epilogue = {
        .bias = plan->weights->bias + (int64_t)block * CK_BLOCK,
        .channel_add = call->channel_add.data,
        .residual = call->residual.data,
        .out = call->out.data,
        .pixels_per_image = (int64_t)plan->out_height * plan->out_width,
        .columns = columns,
        .first = column,
        .lanes = columns - column < CK_BLOCK ? columns - column : CK_BLOCK,
        .activation = call->activation,
    };
    ck_tile_finish(acc, &epilogue, first, left < CK_TILE ? (int32_t)left : CK_TILE);
  }
}

static ck_status check(const ck_conv_call *call) {
  if (call->x1.type != CK_F32 || call->out.type != CK_F32 || (call->channels2 > 0 && call->x2.type != CK_F32))
    return CK_UNSUPPORTED;
  return call->weights->gated ? CK_BAD_ARGUMENT : ck_check_conv(call, call->weights->inputs);
}

static ck_status run(ck_device *device, const ck_conv_call *call) {
  const ck_weights *w = call->weights;
  int32_t height = call->in_height + call->pad_top + call->pad_bottom - w->kernel_h;
  int32_t width = call->in_width + call->pad_left + call->pad_right - w->kernel_w;
  if (height < 0 || width < 0)
    return CK_BAD_ARGUMENT;
  plan plan = {.call = call, .weights = w, .zeros = device->zeros};
  plan.out_height = height / call->stride + 1;
  plan.out_width = width / call->stride + 1;
  plan.pixels = (int64_t)call->batch * plan.out_height * plan.out_width;
  plan.tiles = (plan.pixels + CK_TILE - 1) / CK_TILE;
  ck_pool_run(device->pool, plan.tiles * w->blocks, 1, body, &plan);
  return CK_OK;
}

// A copy of one source, scaled, shifted and activated; `first`: its first channel among those of both. Null
// when memory is exhausted.
static float *normalised(const ck_conv_call *call, ck_operand source, int32_t channels, int32_t first) {
  int64_t pixels = (int64_t)call->source_height * call->source_width;
  int64_t all = call->channels1 + call->channels2, rows = call->batch * pixels;
  float *copy = ck_aligned((size_t)rows * (size_t)channels * sizeof(float));
  for (int64_t row = 0; copy != NULL && row < rows; row++) {
    const float *x = (const float *)source.data + row * channels;
    const float *scale = (const float *)call->input_scale.data + row / pixels * all + first;
    const float *shift = (const float *)call->input_shift.data + row / pixels * all + first;
    float *y = copy + row * channels;
    for (int32_t c = 0; c < channels; c++)
      y[c] = x[c] * scale[c] + shift[c];
    ck_activate_row(y, channels, call->input_activation);
  }
  return copy;
}

ck_status ck_reference_conv(ck_device *device, const ck_conv_call *call) {
  ck_status status = check(call);
  if (status != CK_OK || call->input_scale.data == NULL)
    return status != CK_OK ? status : run(device, call);
  ck_conv_call plain = *call;
  plain.input_scale.data = NULL;
  plain.x1.data = normalised(call, call->x1, call->channels1, 0);
  plain.x2.data = call->channels2 > 0 ? normalised(call, call->x2, call->channels2, call->channels1) : NULL;
  int complete = plain.x1.data != NULL && (call->channels2 == 0 || plain.x2.data != NULL);
  status = complete ? run(device, &plain) : CK_OUT_OF_MEMORY;
  free(plain.x1.data);
  free(plain.x2.data);
  return status;
}
