#include "cuda/device.h"

#include <stdlib.h>
#include <string.h>

// Convolutions by libcudnn's backend: a graph of the convolution, its bias and what is added, for which the
// library proposes engines. The engines are timed like tiles; what is kept on disk is an engine's place in
// the list and its number, and the plan is made anew in each process.

enum { MOST_OBJECTS = 40, WANTED = 6, MOST_WORKSPACE = 256 << 20 };
enum { X = 1, W, BIAS, CHANNEL_ADD, RESIDUAL, Y, FIRST_BETWEEN };

typedef struct ck_cuda_plan {
  uint64_t key;
  int64_t rank, engine, workspace;
  ck_dnn_object plan;
  ck_dnn_object objects[MOST_OBJECTS]; // all it was made from
  int count;
} ck_cuda_plan;

// Makes descriptors; after a failure nothing more is done.
typedef struct builder {
  const ck_cuda_libraries *api;
  ck_dnn_handle handle;
  ck_dnn_object objects[MOST_OBJECTS];
  int count, failed;
} builder;

static ck_dnn_object make(builder *b, int type) {
  ck_dnn_object object = NULL;
  if (!b->failed)
    b->failed = b->count == MOST_OBJECTS || b->api->cudnnBackendCreateDescriptor(type, &object) != 0;
  if (!b->failed)
    b->objects[b->count++] = object;
  return object;
}

static void set(builder *b, ck_dnn_object object, int attribute, int type, int64_t count,
                const void *values) {
  if (!b->failed)
    b->failed = b->api->cudnnBackendSetAttribute(object, attribute, type, count, values) != 0;
}

static void set_object(builder *b, ck_dnn_object object, int attribute, ck_dnn_object value) {
  set(b, object, attribute, CK_DNN_OF_OBJECT, 1, &value);
}

static ck_dnn_object finished(builder *b, ck_dnn_object object) {
  if (!b->failed)
    b->failed = b->api->cudnnBackendFinalize(object) != 0;
  return object;
}

static void drop(const ck_cuda_libraries *api, ck_dnn_object *objects, int count) {
  while (count > 0)
    api->cudnnBackendDestroyDescriptor(objects[--count]);
}

// [n, c, h, w] in the library's order of extents; in memory channels come last, `pixel` elements a pixel.
typedef struct extents {
  int64_t n, c, h, w, pixel;
} extents;

static ck_dnn_object tensor(builder *b, int64_t id, int type, extents e, int is_between) {
  ck_dnn_object t = make(b, CK_DNN_TENSOR);
  int64_t dimensions[4] = {e.n, e.c, e.h, e.w}, alignment = 16;
  int64_t strides[4] = {e.h * e.w * e.pixel, 1, e.w * e.pixel, e.pixel};
  unsigned char between = is_between != 0;
  set(b, t, CK_DNN_TENSOR_TYPE, CK_DNN_OF_DATA, 1, &type);
  set(b, t, CK_DNN_TENSOR_DIMENSIONS, CK_DNN_OF_INT64, 4, dimensions);
  set(b, t, CK_DNN_TENSOR_STRIDES, CK_DNN_OF_INT64, 4, strides);
  set(b, t, CK_DNN_TENSOR_ID, CK_DNN_OF_INT64, 1, &id);
  set(b, t, CK_DNN_TENSOR_ALIGNMENT, CK_DNN_OF_INT64, 1, &alignment);
  set(b, t, CK_DNN_TENSOR_VIRTUAL, CK_DNN_OF_BOOLEAN, 1, &between);
  return finished(b, t);
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
static ck_dnn_object convolution(builder *b, const shape *s, ck_dnn_object to) {
  int64_t dimensions = 2, dilations[] = {1, 1}, strides[] = {s->stride, s->stride};
  int64_t before[] = {s->top, s->left}, after[] = {s->bottom, s->right};
  int compute = CK_DNN_F32, mode = CK_DNN_CROSS_CORRELATION, type = (int)s->type;
  float one = 1, zero = 0;
  ck_dnn_object c = make(b, CK_DNN_CONVOLUTION);
  set(b, c, CK_DNN_CONV_TYPE, CK_DNN_OF_DATA, 1, &compute);
  set(b, c, CK_DNN_CONV_MODE, CK_DNN_OF_CONV_MODE, 1, &mode);
  set(b, c, CK_DNN_CONV_DIMENSIONS, CK_DNN_OF_INT64, 1, &dimensions);
  set(b, c, CK_DNN_CONV_DILATIONS, CK_DNN_OF_INT64, 2, dilations);
  set(b, c, CK_DNN_CONV_STRIDES, CK_DNN_OF_INT64, 2, strides);
  set(b, c, CK_DNN_CONV_BEFORE, CK_DNN_OF_INT64, 2, before);
  set(b, c, CK_DNN_CONV_AFTER, CK_DNN_OF_INT64, 2, after);
  finished(b, c);
  ck_dnn_object step = make(b, CK_DNN_CONV_FORWARD);
  set_object(b, step, CK_DNN_FORWARD_CONV, c);
  set_object(b, step, CK_DNN_FORWARD_X,
             tensor(b, X, type, (extents){s->batch, s->channels, s->in_height, s->in_width, s->channels}, 0));
  set_object(
      b, step, CK_DNN_FORWARD_W,
      tensor(b, W, type, (extents){s->outputs, s->channels, s->kernel_h, s->kernel_w, s->channels}, 0));
  set_object(b, step, CK_DNN_FORWARD_Y, to);
  set(b, step, CK_DNN_FORWARD_ALPHA, CK_DNN_OF_FLOAT, 1, &one);
  set(b, step, CK_DNN_FORWARD_BETA, CK_DNN_OF_FLOAT, 1, &zero);
  return finished(b, step);
}

static ck_dnn_object addition(builder *b, ck_dnn_object x, ck_dnn_object added, ck_dnn_object y) {
  int mode = CK_DNN_ADD, compute = CK_DNN_F32;
  ck_dnn_object p = make(b, CK_DNN_POINTWISE);
  set(b, p, CK_DNN_POINTWISE_MODE, CK_DNN_OF_POINTWISE, 1, &mode);
  set(b, p, CK_DNN_POINTWISE_TYPE, CK_DNN_OF_DATA, 1, &compute);
  finished(b, p);
  ck_dnn_object step = make(b, CK_DNN_POINTWISE_STEP);
  set_object(b, step, CK_DNN_STEP_POINTWISE, p);
  set_object(b, step, CK_DNN_STEP_X, x);
  set_object(b, step, CK_DNN_STEP_B, added);
  set_object(b, step, CK_DNN_STEP_Y, y);
  return finished(b, step);
}

static ck_dnn_object graph(builder *b, const shape *s) {
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
    steps[count++] = addition(b, x, tensor(b, added[i].id, (int)s->type, added[i].extents, 0), y);
    x = y;
  }
  ck_dnn_object g = make(b, CK_DNN_GRAPH);
  set(b, g, CK_DNN_GRAPH_HANDLE, CK_DNN_OF_HANDLE, 1, &b->handle);
  set(b, g, CK_DNN_GRAPH_STEPS, CK_DNN_OF_OBJECT, count, steps);
  return finished(b, g);
}

// The library's engines for a graph, best first; as many as there are.
static int64_t engines(builder *b, ck_dnn_object graph, ck_dnn_object *configurations) {
  int mode = CK_DNN_HEURISTIC;
  int64_t found = 0;
  ck_dnn_object chooser = make(b, CK_DNN_CHOOSER);
  set_object(b, chooser, CK_DNN_CHOOSER_GRAPH, graph);
  set(b, chooser, CK_DNN_CHOOSER_MODE, CK_DNN_OF_HEURISTIC, 1, &mode);
  finished(b, chooser);
  for (int i = 0; i < WANTED; i++)
    configurations[i] = make(b, CK_DNN_CONFIGURATION);
  if (!b->failed && b->api->cudnnBackendGetAttribute(chooser, CK_DNN_CHOOSER_RESULTS, CK_DNN_OF_OBJECT,
                                                     WANTED, &found, configurations) != 0)
    found = 0;
  return b->failed ? 0 : found < WANTED ? found : WANTED;
}

static int64_t engine_number(builder *b, ck_dnn_object configuration) {
  int64_t number = -1, found = 0;
  ck_dnn_object engine = make(b, CK_DNN_ENGINE);
  if (b->failed ||
      b->api->cudnnBackendGetAttribute(configuration, CK_DNN_CONFIGURATION_ENGINE, CK_DNN_OF_OBJECT, 1,
                                       &found, &engine) != 0 ||
      b->api->cudnnBackendGetAttribute(engine, CK_DNN_ENGINE_INDEX, CK_DNN_OF_INT64, 1, &found, &number) != 0)
    return -1;
  return number;
}

// The plan of an engine, made unless it is here; null where the library refuses.
static ck_cuda_plan *find_plan(ck_device *device, const shape *s, int64_t rank) {
  uint64_t key = ck_cuda_hash(3, s, sizeof *s);
  for (int i = 0; i < device->plan_count; i++)
    if (device->plans[i].key == key && device->plans[i].rank == rank)
      return device->plans[i].plan != NULL ? &device->plans[i] : NULL;
  ck_cuda_plan *plans = realloc(device->plans, ((size_t)device->plan_count + 1) * sizeof *plans);
  if (plans == NULL)
    return NULL;
  device->plans = plans;
  builder b = {.api = device->api, .handle = device->networks};
  ck_dnn_object configurations[WANTED];
  int64_t count = engines(&b, graph(&b, s), configurations), found = 0;
  ck_cuda_plan plan = {.key = key, .rank = rank, .engine = -1};
  if (rank < count) {
    plan.engine = engine_number(&b, configurations[rank]);
    plan.plan = make(&b, CK_DNN_PLAN);
    set(&b, plan.plan, CK_DNN_PLAN_HANDLE, CK_DNN_OF_HANDLE, 1, &b.handle);
    set_object(&b, plan.plan, CK_DNN_PLAN_CONFIGURATION, configurations[rank]);
    finished(&b, plan.plan);
    if (b.failed ||
        device->api->cudnnBackendGetAttribute(plan.plan, CK_DNN_PLAN_WORKSPACE, CK_DNN_OF_INT64, 1, &found,
                                              &plan.workspace) != 0 ||
        plan.workspace > MOST_WORKSPACE)
      plan.plan = NULL;
  }
  if (plan.plan == NULL) {
    drop(device->api, b.objects, b.count);
  } else {
    memcpy(plan.objects, b.objects, sizeof plan.objects);
    plan.count = b.count;
  }
  plans[device->plan_count] = plan; // also what is refused: it is not asked again
  return plan.plan != NULL ? &plans[device->plan_count++] : (device->plan_count++, NULL);
}

void ck_cuda_free_plans(ck_device *device) {
  for (int i = 0; i < device->plan_count; i++)
    drop(device->api, device->plans[i].objects, device->plans[i].count);
  free(device->plans);
  device->plans = NULL;
  device->plan_count = 0;
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
  int count = 0;
  for (int64_t rank = 0; rank < WANTED && count < most && narrow_bias != 0; rank++) {
    ck_cuda_plan *plan = find_plan(device, &s, rank);
    if (plan != NULL)
      list[count++] = (ck_lt_algorithm){{(uint64_t)rank, (uint64_t)plan->engine}};
  }
  return count;
}

ck_status ck_cuda_network_conv(ck_device *device, const ck_product_params *params, ck_cu_address narrow_bias,
                               const ck_lt_algorithm *engine) {
  shape s = find_shape(device, params);
  ck_cuda_plan *plan = find_plan(device, &s, (int64_t)engine->data[0]);
  if (plan == NULL || plan->engine != (int64_t)engine->data[1])
    return ck_cuda_fail(device, CK_CALL_FAILED, "cuDNN no longer has the engine that was chosen");
  ck_status status = ck_cuda_grow(device, &device->workspace, (size_t)plan->workspace);
  if (status != CK_OK)
    return status;
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
  void *workspace = (void *)(uintptr_t)device->workspace.memory;
  builder b = {.api = device->api, .handle = device->networks};
  ck_dnn_object pack = make(&b, CK_DNN_PACK);
  set(&b, pack, CK_DNN_PACK_IDS, CK_DNN_OF_INT64, count, ids);
  set(&b, pack, CK_DNN_PACK_POINTERS, CK_DNN_OF_POINTER, count, pointers);
  set(&b, pack, CK_DNN_PACK_WORKSPACE, CK_DNN_OF_POINTER, 1, &workspace);
  finished(&b, pack);
  int failed = b.failed || device->api->cudnnBackendExecute(device->networks, plan->plan, pack) != 0;
  drop(device->api, b.objects, b.count);
  return failed ? ck_cuda_fail(device, CK_CALL_FAILED, "cuDNN refused a convolution") : CK_OK;
}
