#include "cuda/networks.h"

// Attention by libcudnn's fused engines: products, scaling and softmax as one graph, which the library knows
// by its pattern. Softmax is written as its parts, as the library's own frontend does it.

enum { Q = 1, K, V, SCALE, OUT, SCORES, SCALED, GREATEST, LOWERED, POWERS, SUM, SHARES };

// All of it is in a plan's key.
typedef struct shape {
  int64_t batch, heads, queries, keys, size, q_stride, k_stride, v_stride, type;
} shape;

static shape find_shape(const ck_device *device, const ck_attention_params *p, int64_t batch) {
  return (shape){.batch = batch,
                 .heads = p->heads,
                 .queries = p->queries,
                 .keys = p->keys,
                 .size = p->head_size,
                 .q_stride = p->q_stride,
                 .k_stride = p->k_stride,
                 .v_stride = p->v_stride,
                 .type = device->type == CK_F16 ? CK_DNN_F16 : CK_DNN_BF16};
}

// [batch, heads, rows, columns] of a tensor whose rows hold all heads.
static ck_dnn_layout rows_of(const shape *s, int64_t rows, int64_t stride) {
  return (ck_dnn_layout){{s->batch, s->heads, rows, s->size}, {rows * stride, s->size, stride, 1}};
}

static ck_dnn_object product(ck_dnn_builder *b, ck_dnn_object left, ck_dnn_object right, ck_dnn_object to) {
  int compute = CK_DNN_F32;
  ck_dnn_object how = ck_dnn_make(b, CK_DNN_MATMUL);
  ck_dnn_set(b, how, CK_DNN_MATMUL_TYPE, CK_DNN_OF_DATA, 1, &compute);
  ck_dnn_finished(b, how);
  ck_dnn_object step = ck_dnn_make(b, CK_DNN_MATMUL_STEP);
  ck_dnn_set_object(b, step, CK_DNN_MATMUL_A, left);
  ck_dnn_set_object(b, step, CK_DNN_MATMUL_B, right);
  ck_dnn_set_object(b, step, CK_DNN_MATMUL_C, to);
  ck_dnn_set_object(b, step, CK_DNN_MATMUL_HOW, how);
  return ck_dnn_finished(b, step);
}

static ck_dnn_object reduction(ck_dnn_builder *b, int mode, ck_dnn_object x, ck_dnn_object y) {
  int compute = CK_DNN_F32;
  ck_dnn_object how = ck_dnn_make(b, CK_DNN_REDUCTION);
  ck_dnn_set(b, how, CK_DNN_REDUCTION_MODE, CK_DNN_OF_REDUCTION, 1, &mode);
  ck_dnn_set(b, how, CK_DNN_REDUCTION_TYPE, CK_DNN_OF_DATA, 1, &compute);
  ck_dnn_finished(b, how);
  ck_dnn_object step = ck_dnn_make(b, CK_DNN_REDUCTION_STEP);
  ck_dnn_set_object(b, step, CK_DNN_REDUCTION_X, x);
  ck_dnn_set_object(b, step, CK_DNN_REDUCTION_Y, y);
  ck_dnn_set_object(b, step, CK_DNN_REDUCTION_HOW, how);
  return ck_dnn_finished(b, step);
}

static ck_dnn_object graph(ck_dnn_builder *b, const void *of) {
  const shape *s = of;
  int type = (int)s->type;
  int64_t row = s->keys, head = s->queries * row;
  ck_dnn_layout one = {{1, 1, 1, 1}, {1, 1, 1, 1}};
  ck_dnn_layout table = {{s->batch, s->heads, s->queries, row}, {s->heads * head, head, row, 1}};
  ck_dnn_layout column = {{s->batch, s->heads, s->queries, 1}, {s->heads * s->queries, s->queries, 1, 1}};
  // Keys as columns: the same memory, rows and columns exchanged.
  ck_dnn_layout keys = {{s->batch, s->heads, s->size, s->keys},
                        {s->keys * s->k_stride, s->size, 1, s->k_stride}};
  ck_dnn_object q = ck_dnn_tensor(b, Q, type, rows_of(s, s->queries, s->q_stride), CK_DNN_IN_MEMORY);
  ck_dnn_object k = ck_dnn_tensor(b, K, type, keys, CK_DNN_IN_MEMORY);
  ck_dnn_object v = ck_dnn_tensor(b, V, type, rows_of(s, s->keys, s->v_stride), CK_DNN_IN_MEMORY);
  ck_dnn_object out =
      ck_dnn_tensor(b, OUT, type, rows_of(s, s->queries, s->heads * s->size), CK_DNN_IN_MEMORY);
  ck_dnn_object scale = ck_dnn_tensor(b, SCALE, CK_DNN_F32, one, CK_DNN_BY_VALUE);
  ck_dnn_object scores = ck_dnn_tensor(b, SCORES, CK_DNN_F32, table, CK_DNN_BETWEEN);
  ck_dnn_object scaled = ck_dnn_tensor(b, SCALED, CK_DNN_F32, table, CK_DNN_BETWEEN);
  ck_dnn_object greatest = ck_dnn_tensor(b, GREATEST, CK_DNN_F32, column, CK_DNN_BETWEEN);
  ck_dnn_object lowered = ck_dnn_tensor(b, LOWERED, CK_DNN_F32, table, CK_DNN_BETWEEN);
  ck_dnn_object powers = ck_dnn_tensor(b, POWERS, CK_DNN_F32, table, CK_DNN_BETWEEN);
  ck_dnn_object sum = ck_dnn_tensor(b, SUM, CK_DNN_F32, column, CK_DNN_BETWEEN);
  ck_dnn_object shares = ck_dnn_tensor(b, SHARES, type, table, CK_DNN_BETWEEN);
  ck_dnn_object steps[] = {product(b, q, k, scores),
                           ck_dnn_pointwise(b, CK_DNN_MULTIPLY, scores, scale, scaled),
                           reduction(b, CK_DNN_REDUCE_MAXIMUM, scaled, greatest),
                           ck_dnn_pointwise(b, CK_DNN_SUBTRACT, scaled, greatest, lowered),
                           ck_dnn_pointwise(b, CK_DNN_EXPONENT, lowered, NULL, powers),
                           reduction(b, CK_DNN_REDUCE_SUM, powers, sum),
                           ck_dnn_pointwise(b, CK_DNN_DIVIDE, powers, sum, shares),
                           product(b, shares, v, out)};
  return ck_dnn_graph(b, steps, sizeof steps / sizeof *steps);
}

static ck_dnn_work work(const shape *s) {
  return (ck_dnn_work){ck_cuda_hash(4, s, sizeof *s), graph, s};
}

int ck_cuda_network_attends(const ck_device *device, const ck_attention_params *params) {
  return device->networks != NULL && device->attends && device->type != CK_F32 && params->aligned &&
         !params->causal && params->head_size <= 256 && params->out % 16 == 0;
}

uint64_t ck_cuda_attention_key(const ck_device *device, const ck_attention_params *params, int64_t batch) {
  shape s = find_shape(device, params, batch);
  return work(&s).key;
}

int ck_cuda_network_attention_choices(ck_device *device, const ck_attention_params *params, int64_t batch,
                                      ck_lt_algorithm *engines, int most) {
  shape s = find_shape(device, params, batch);
  ck_dnn_work w = work(&s);
  return ck_dnn_choices(device, &w, engines, most);
}

ck_status ck_cuda_network_attention(ck_device *device, const ck_attention_params *params, int64_t batch,
                                    const ck_lt_algorithm *engine) {
  shape s = find_shape(device, params, batch);
  ck_dnn_work w = work(&s);
  float scale = params->scale;
  int64_t ids[] = {Q, K, V, OUT, SCALE};
  uint64_t pointers[] = {params->q, params->k, params->v, params->out, (uint64_t)(uintptr_t)&scale};
  return ck_dnn_run(device, &w, engine, ids, pointers, 5);
}
