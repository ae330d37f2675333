#ifndef ATELIER_CUDA_NETWORKS_H
#define ATELIER_CUDA_NETWORKS_H

// What convolutions and attention share of libcudnn's backend: descriptors, graphs, engines and their plans.

#include "cuda/device.h"

enum { CK_DNN_MOST_OBJECTS = 72, CK_DNN_ENGINES = 6 };

// Makes descriptors; after a failure nothing more is done.
typedef struct ck_dnn_builder {
  const ck_cuda_libraries *api;
  ck_dnn_handle handle;
  ck_dnn_object objects[CK_DNN_MOST_OBJECTS];
  int count, failed;
} ck_dnn_builder;

ck_dnn_object ck_dnn_make(ck_dnn_builder *b, int type);
void ck_dnn_set(ck_dnn_builder *b, ck_dnn_object object, int attribute, int type, int64_t count,
                const void *values);
void ck_dnn_set_object(ck_dnn_builder *b, ck_dnn_object object, int attribute, ck_dnn_object value);
ck_dnn_object ck_dnn_finished(ck_dnn_builder *b, ck_dnn_object object);
void ck_dnn_drop(const ck_cuda_libraries *api, ck_dnn_object *objects, int count);

// Four extents in the library's order and the elements from one to the next along each.
typedef struct ck_dnn_layout {
  int64_t extent[4], stride[4];
} ck_dnn_layout;
// A tensor in memory, one between two steps, or a number that is given by value.
typedef enum ck_dnn_place { CK_DNN_IN_MEMORY, CK_DNN_BETWEEN, CK_DNN_BY_VALUE } ck_dnn_place;

ck_dnn_object ck_dnn_tensor(ck_dnn_builder *b, int64_t id, int type, ck_dnn_layout layout,
                            ck_dnn_place place);
// y = x ∘ second, element by element; `second` null for functions of one operand.
ck_dnn_object ck_dnn_pointwise(ck_dnn_builder *b, int mode, ck_dnn_object x, ck_dnn_object second,
                               ck_dnn_object y);
ck_dnn_object ck_dnn_graph(ck_dnn_builder *b, const ck_dnn_object *steps, int64_t count);

// A kind of work: what tells its shapes apart, and the graph of one.
typedef struct ck_dnn_work {
  uint64_t key;
  ck_dnn_object (*graph)(ck_dnn_builder *b, const void *shape);
  const void *shape;
} ck_dnn_work;

// The engines the library proposes and does not refuse, best first; it is asked once a shape.
int ck_dnn_choices(ck_device *device, const ck_dnn_work *work, ck_lt_algorithm *list, int most);
// Does the work by one of them.
ck_status ck_dnn_run(ck_device *device, const ck_dnn_work *work, const ck_lt_algorithm *engine,
                     const int64_t *ids, const uint64_t *pointers, int64_t count);

#endif
