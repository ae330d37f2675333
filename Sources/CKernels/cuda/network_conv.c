#include "cuda/networks.h"

// Convolutions by libcudnn: one graph of the convolution, its bias and what is added.

enum { X = 1, W, BIAS, CHANNEL_ADD, RESIDUAL, Y, FIRST_BETWEEN };

// [n, c, h, w] in the library's order of extents; in memory channels come last, `pixel` elements a pixel.
typedef struct extents {
  int64_t n, c, h, w, pixel;
} extents;

static ck_dnn_object tensor(ck_dnn_builder *b, int64_t id, int type, extents e, int is_between) {
  ck_dnn_layout layout = {{e.n, e.c, e.h, e.w}, {e.h * e.w * e.pixel, 1, e.w * e.pixel, e.pixel}};
  return ck_dnn_tensor(b, id, type, layout, is_between ? CK_DNN_BETWEEN : CK_DNN_IN_MEMORY);
}

// What a convolution is to the library; all of it is in a plan's key.
typedef struct shape {
  int64_t batch, channels, outputs, in_height, in_width, out_height, out_width, kernel_h, kernel_w;
  int64_t stride, top, left, bottom, right, type, adds, residual;
} shape;

static shape find_shape(const ck_device *device, const ck_product_params *p) {
  shape s = {.batch = p->rows / ((int64_t)p->out_height * p->out_width),
             .channels = p->channels1,
             .outputs = p->columns,
             .in_height = p->in_height,
             .in_width = p->in_width,
             .out_height = p->out_height,
             .out_width = p->out_width,
             .kernel_h = p->taps / p->kernel_w,
             .kernel_w = p->kernel_w,
             .stride = p->stride,
             .top = p->pad_top,
             .left = p->pad_left,
             .type = device->type == CK_F16 ? CK_DNN_F16 : CK_DNN_BF16,
             .adds = p->channel_add != 0,
             .residual = p->residual != 0};
  s.bottom = (s.out_height - 1) * s.stride + s.kernel_h - s.in_height - s.top;
  s.right = (s.out_width - 1) * s.stride + s.kernel_w - s.in_width - s.left;
  return s;
}

// The convolution itself, into a tensor between.
static ck_dnn_object convolution(ck_dnn_builder *b, const shape *s, ck_dnn_object to) {
  int64_t dimensions = 2, dilations[] = {1, 1}, strides[] = {s->stride, s->stride};
  int64_t before[] = {s->top, s->left}, after[] = {s->bottom, s->right};
  int compute = CK_DNN_F32, mode = CK_DNN_CROSS_CORRELATION, type = (int)s->type;
  float one = 1, zero = 0;
  ck_dnn_object c = ck_dnn_make(b, CK_DNN_CONVOLUTION);
  ck_dnn_set(b, c, CK_DNN_CONV_TYPE, CK_DNN_OF_DATA, 1, &compute);
  ck_dnn_set(b, c, CK_DNN_CONV_MODE, CK_DNN_OF_CONV_MODE, 1, &mode);
  ck_dnn_set(b, c, CK_DNN_CONV_DIMENSIONS, CK_DNN_OF_INT64, 1, &dimensions);
  ck_dnn_set(b, c, CK_DNN_CONV_DILATIONS, CK_DNN_OF_INT64, 2, dilations);
  ck_dnn_set(b, c, CK_DNN_CONV_STRIDES, CK_DNN_OF_INT64, 2, strides);
  ck_dnn_set(b, c, CK_DNN_CONV_BEFORE, CK_DNN_OF_INT64, 2, before);
  ck_dnn_set(b, c, CK_DNN_CONV_AFTER, CK_DNN_OF_INT64, 2, after);
  ck_dnn_finished(b, c);
  ck_dnn_object step = ck_dnn_make(b, CK_DNN_CONV_FORWARD);
  ck_dnn_set_object(b, step, CK_DNN_FORWARD_CONV, c);
  ck_dnn_set_object(
      b, step, CK_DNN_FORWARD_X,
      tensor(b, X, type, (extents){s->batch, s->channels, s->in_height, s->in_width, s->channels}, 0));
  ck_dnn_set_object(
      b, step, CK_DNN_FORWARD_W,
      tensor(b, W, type, (extents){s->outputs, s->channels, s->kernel_h, s->kernel_w, s->channels}, 0));
  ck_dnn_set_object(b, step, CK_DNN_FORWARD_Y, to);
  ck_dnn_set(b, step, CK_DNN_FORWARD_ALPHA, CK_DNN_OF_FLOAT, 1, &one);
  ck_dnn_set(b, step, CK_DNN_FORWARD_BETA, CK_DNN_OF_FLOAT, 1, &zero);
  return ck_dnn_finished(b, step);
}

static ck_dnn_object graph(ck_dnn_builder *b, const void *of) {
  const shape *s = of;
  extents out = {s->batch, s->outputs, s->out_height, s->out_width, s->outputs};
  struct {
    int id, wanted;
    extents extents;
  } added[] = {{BIAS, 1, {1, s->outputs, 1, 1, s->outputs}},
               {CHANNEL_ADD, s->adds != 0, {s->batch, s->outputs, 1, 1, s->outputs}},
               {RESIDUAL, s->residual != 0, out}};
  ck_dnn_object steps[4], x = tensor(b, FIRST_BETWEEN, CK_DNN_F32, out, 1);
  int64_t count = 1;
  int last = s->residual ? 2 : s->adds ? 1 : 0;
  steps[0] = convolution(b, s, x);
  for (int i = 0; i <= last; i++) {
    if (!added[i].wanted)
      continue;
    ck_dnn_object y =
        i == last ? tensor(b, Y, (int)s->type, out, 0) : tensor(b, FIRST_BETWEEN + 1 + i, CK_DNN_F32, out, 1);
    steps[count++] =
        ck_dnn_pointwise(b, CK_DNN_ADD, x, tensor(b, added[i].id, (int)s->type, added[i].extents, 0), y);
    x = y;
  }
  return ck_dnn_graph(b, steps, count);
}

static ck_dnn_work work(const shape *s) {
  return (ck_dnn_work){ck_cuda_hash(3, s, sizeof *s), graph, s};
}

// Weights without padding between their channels; a residual in memory of its own, as nothing says that the
// library reads a pixel before it writes it.
int ck_cuda_network_fits(const ck_device *device, const ck_product_params *params, int convolves) {
  if (device->networks == NULL || !convolves || params->channels2 > 0 || params->gated ||
      params->activation != CK_ACTIVATION_NONE || params->out_type != device->type ||
      params->channel_stride != params->channels1 || params->columns % 8 != 0 ||
      params->source_height != params->in_height || params->source_width != params->in_width ||
      params->residual == params->out || (params->out | params->residual | params->channel_add) % 16 != 0)
    return 0;
  shape s = find_shape(device, params);
  return s.bottom >= 0 && s.right >= 0;
}

int ck_cuda_network_choices(ck_device *device, const ck_product_params *params, ck_cu_address narrow_bias,
                            ck_lt_algorithm *list, int most) {
  shape s = find_shape(device, params);
  ck_dnn_work w = work(&s);
  return narrow_bias != 0 ? ck_dnn_choices(device, &w, list, most) : 0;
}

ck_status ck_cuda_network_conv(ck_device *device, const ck_product_params *params, ck_cu_address narrow_bias,
                               const ck_lt_algorithm *engine) {
  shape s = find_shape(device, params);
  ck_dnn_work w = work(&s);
  int64_t ids[6] = {X, W, BIAS, Y}, count = 4;
  uint64_t pointers[6] = {params->x1, params->weights, narrow_bias, params->out};
  struct {
    int64_t id, wanted;
    uint64_t pointer;
  } more[] = {{CHANNEL_ADD, s.adds, params->channel_add}, {RESIDUAL, s.residual, params->residual}};
  for (int i = 0; i < 2; i++)
    if (more[i].wanted) {
      ids[count] = more[i].id;
      pointers[count++] = more[i].pointer;
    }
  return ck_dnn_run(device, &w, engine, ids, pointers, count);
}
