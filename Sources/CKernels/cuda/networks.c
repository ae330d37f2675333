#include "cuda/networks.h"

#include <stdlib.h>

// Graphs by libcudnn's backend. The library proposes engines for a graph; they are timed like tiles. What is
// kept on disk is an engine's place in the list and its number, and the plan is made anew in each process.

enum { MOST_WORKSPACE = 256 << 20 };

// What the library proposed for one shape, and the plans made of it so far.
typedef struct ck_cuda_plans {
  uint64_t key;
  ck_dnn_builder builder; // of all objects
  int64_t found;
  struct {
    int is_tried;
    int64_t number, workspace;
    ck_dnn_object configuration, plan; // no plan: refused
  } engines[CK_DNN_ENGINES];
} ck_cuda_plans;

ck_dnn_object ck_dnn_make(ck_dnn_builder *b, int type) {
  ck_dnn_object object = NULL;
  if (!b->failed)
    b->failed = b->count == CK_DNN_MOST_OBJECTS || b->api->cudnnBackendCreateDescriptor(type, &object) != 0;
  if (!b->failed)
    b->objects[b->count++] = object;
  return object;
}

void ck_dnn_set(ck_dnn_builder *b, ck_dnn_object object, int attribute, int type, int64_t count,
                const void *values) {
  if (!b->failed)
    b->failed = b->api->cudnnBackendSetAttribute(object, attribute, type, count, values) != 0;
}

void ck_dnn_set_object(ck_dnn_builder *b, ck_dnn_object object, int attribute, ck_dnn_object value) {
  ck_dnn_set(b, object, attribute, CK_DNN_OF_OBJECT, 1, &value);
}

ck_dnn_object ck_dnn_finished(ck_dnn_builder *b, ck_dnn_object object) {
  if (!b->failed)
    b->failed = b->api->cudnnBackendFinalize(object) != 0;
  return object;
}

void ck_dnn_drop(const ck_cuda_libraries *api, ck_dnn_object *objects, int count) {
  while (count > 0)
    api->cudnnBackendDestroyDescriptor(objects[--count]);
}

ck_dnn_object ck_dnn_tensor(ck_dnn_builder *b, int64_t id, int type, ck_dnn_layout layout,
                            ck_dnn_place place) {
  ck_dnn_object t = ck_dnn_make(b, CK_DNN_TENSOR);
  int64_t alignment = 16;
  unsigned char between = place == CK_DNN_BETWEEN, value = place == CK_DNN_BY_VALUE;
  ck_dnn_set(b, t, CK_DNN_TENSOR_TYPE, CK_DNN_OF_DATA, 1, &type);
  ck_dnn_set(b, t, CK_DNN_TENSOR_DIMENSIONS, CK_DNN_OF_INT64, 4, layout.extent);
  ck_dnn_set(b, t, CK_DNN_TENSOR_STRIDES, CK_DNN_OF_INT64, 4, layout.stride);
  ck_dnn_set(b, t, CK_DNN_TENSOR_ID, CK_DNN_OF_INT64, 1, &id);
  ck_dnn_set(b, t, CK_DNN_TENSOR_ALIGNMENT, CK_DNN_OF_INT64, 1, &alignment);
  ck_dnn_set(b, t, CK_DNN_TENSOR_VIRTUAL, CK_DNN_OF_BOOLEAN, 1, &between);
  if (value)
    ck_dnn_set(b, t, CK_DNN_TENSOR_BY_VALUE, CK_DNN_OF_BOOLEAN, 1, &value);
  return ck_dnn_finished(b, t);
}

ck_dnn_object ck_dnn_pointwise(ck_dnn_builder *b, int mode, ck_dnn_object x, ck_dnn_object second,
                               ck_dnn_object y) {
  int type = CK_DNN_F32;
  ck_dnn_object how = ck_dnn_make(b, CK_DNN_POINTWISE);
  ck_dnn_set(b, how, CK_DNN_POINTWISE_MODE, CK_DNN_OF_POINTWISE, 1, &mode);
  ck_dnn_set(b, how, CK_DNN_POINTWISE_TYPE, CK_DNN_OF_DATA, 1, &type);
  ck_dnn_finished(b, how);
  ck_dnn_object step = ck_dnn_make(b, CK_DNN_POINTWISE_STEP);
  ck_dnn_set_object(b, step, CK_DNN_STEP_POINTWISE, how);
  ck_dnn_set_object(b, step, CK_DNN_STEP_X, x);
  if (second != NULL)
    ck_dnn_set_object(b, step, CK_DNN_STEP_B, second);
  ck_dnn_set_object(b, step, CK_DNN_STEP_Y, y);
  return ck_dnn_finished(b, step);
}

ck_dnn_object ck_dnn_graph(ck_dnn_builder *b, const ck_dnn_object *steps, int64_t count) {
  ck_dnn_object g = ck_dnn_make(b, CK_DNN_GRAPH);
  ck_dnn_set(b, g, CK_DNN_GRAPH_HANDLE, CK_DNN_OF_HANDLE, 1, &b->handle);
  ck_dnn_set(b, g, CK_DNN_GRAPH_STEPS, CK_DNN_OF_OBJECT, count, steps);
  return ck_dnn_finished(b, g);
}

// Asks the library for its engines, best first.
static void ask(ck_cuda_plans *p, const ck_dnn_work *work) {
  ck_dnn_builder *b = &p->builder;
  ck_dnn_object configurations[CK_DNN_ENGINES], graph = work->graph(b, work->shape);
  int mode = CK_DNN_HEURISTIC;
  int64_t found = 0;
  ck_dnn_object chooser = ck_dnn_make(b, CK_DNN_CHOOSER);
  ck_dnn_set_object(b, chooser, CK_DNN_CHOOSER_GRAPH, graph);
  ck_dnn_set(b, chooser, CK_DNN_CHOOSER_MODE, CK_DNN_OF_HEURISTIC, 1, &mode);
  ck_dnn_finished(b, chooser);
  for (int i = 0; i < CK_DNN_ENGINES; i++)
    configurations[i] = ck_dnn_make(b, CK_DNN_CONFIGURATION);
  if (b->failed || b->api->cudnnBackendGetAttribute(chooser, CK_DNN_CHOOSER_RESULTS, CK_DNN_OF_OBJECT,
                                                    CK_DNN_ENGINES, &found, configurations) != 0)
    return;
  p->found = found < CK_DNN_ENGINES ? found : CK_DNN_ENGINES;
  for (int i = 0; i < p->found; i++)
    p->engines[i].configuration = configurations[i];
}

static ck_cuda_plans *find_plans(ck_device *device, const ck_dnn_work *work) {
  for (int i = 0; i < device->plan_count; i++)
    if (device->plans[i].key == work->key)
      return &device->plans[i];
  ck_cuda_plans *plans = realloc(device->plans, ((size_t)device->plan_count + 1) * sizeof *plans);
  if (plans == NULL)
    return NULL;
  device->plans = plans;
  ck_cuda_plans *made = &plans[device->plan_count++];
  *made = (ck_cuda_plans){.key = work->key, .builder = {.api = device->api, .handle = device->networks}};
  ask(made, work);
  return made;
}

static int64_t engine_number(ck_dnn_builder *b, ck_dnn_object configuration) {
  int64_t number = -1, found = 0;
  ck_dnn_object engine = ck_dnn_make(b, CK_DNN_ENGINE);
  if (b->failed ||
      b->api->cudnnBackendGetAttribute(configuration, CK_DNN_CONFIGURATION_ENGINE, CK_DNN_OF_OBJECT, 1,
                                       &found, &engine) != 0 ||
      b->api->cudnnBackendGetAttribute(engine, CK_DNN_ENGINE_INDEX, CK_DNN_OF_INT64, 1, &found, &number) != 0)
    return -1;
  return number;
}

// Makes the plan of an engine unless that was tried; whether there is one.
static int has_plan(ck_cuda_plans *p, int64_t rank) {
  if (rank < 0 || rank >= p->found)
    return 0;
  if (p->engines[rank].is_tried)
    return p->engines[rank].plan != NULL;
  p->engines[rank].is_tried = 1;
  ck_dnn_builder *b = &p->builder;
  int64_t found = 0, workspace = 0;
  p->engines[rank].number = engine_number(b, p->engines[rank].configuration);
  ck_dnn_object plan = ck_dnn_make(b, CK_DNN_PLAN);
  ck_dnn_set(b, plan, CK_DNN_PLAN_HANDLE, CK_DNN_OF_HANDLE, 1, &b->handle);
  ck_dnn_set_object(b, plan, CK_DNN_PLAN_CONFIGURATION, p->engines[rank].configuration);
  ck_dnn_finished(b, plan);
  if (!b->failed &&
      b->api->cudnnBackendGetAttribute(plan, CK_DNN_PLAN_WORKSPACE, CK_DNN_OF_INT64, 1, &found, &workspace) ==
          0 &&
      workspace <= MOST_WORKSPACE) {
    p->engines[rank].plan = plan;
    p->engines[rank].workspace = workspace;
  }
  b->failed = 0; // one engine that is refused says nothing of the next
  return p->engines[rank].plan != NULL;
}

void ck_cuda_free_plans(ck_device *device) {
  for (int i = 0; i < device->plan_count; i++)
    ck_dnn_drop(device->api, device->plans[i].builder.objects, device->plans[i].builder.count);
  free(device->plans);
  device->plans = NULL;
  device->plan_count = 0;
}

int ck_dnn_choices(ck_device *device, const ck_dnn_work *work, ck_lt_algorithm *list, int most) {
  ck_cuda_plans *p = find_plans(device, work);
  int count = 0;
  for (int64_t rank = 0; p != NULL && rank < p->found && count < most; rank++)
    if (has_plan(p, rank))
      list[count++] = (ck_lt_algorithm){{(uint64_t)rank, (uint64_t)p->engines[rank].number}};
  return count;
}

ck_status ck_dnn_run(ck_device *device, const ck_dnn_work *work, const ck_lt_algorithm *engine,
                     const int64_t *ids, const uint64_t *pointers, int64_t count) {
  ck_cuda_plans *p = find_plans(device, work);
  int64_t rank = (int64_t)engine->data[0];
  if (p == NULL || !has_plan(p, rank) || p->engines[rank].number != (int64_t)engine->data[1])
    return ck_cuda_fail(device, CK_CALL_FAILED, "cuDNN no longer has the engine that was chosen");
  ck_status status = ck_cuda_grow(device, &device->workspace, (size_t)p->engines[rank].workspace);
  if (status != CK_OK)
    return status;
  void *workspace = (void *)(uintptr_t)device->workspace.memory;
  ck_dnn_builder b = {.api = device->api, .handle = device->networks};
  ck_dnn_object pack = ck_dnn_make(&b, CK_DNN_PACK);
  ck_dnn_set(&b, pack, CK_DNN_PACK_IDS, CK_DNN_OF_INT64, count, ids);
  ck_dnn_set(&b, pack, CK_DNN_PACK_POINTERS, CK_DNN_OF_POINTER, count, pointers);
  ck_dnn_set(&b, pack, CK_DNN_PACK_WORKSPACE, CK_DNN_OF_POINTER, 1, &workspace);
  ck_dnn_finished(&b, pack);
  int failed =
      b.failed || device->api->cudnnBackendExecute(device->networks, p->engines[rank].plan, pack) != 0;
  ck_dnn_drop(device->api, b.objects, b.count);
  return failed ? ck_cuda_fail(device, CK_CALL_FAILED, "cuDNN refused what it planned") : CK_OK;
}
