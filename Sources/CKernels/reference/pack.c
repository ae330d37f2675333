#include "reference.h"
#include "host/scalar.h"
#include "host/checks.h"
#include "host/host.h"

#include <stdlib.h>
#include <string.h>

static float *aligned_zeros(size_t count) {
  float *memory = ck_aligned(count * sizeof(float));
  if (memory != NULL)
    memset(memory, 0, count * sizeof(float));
  return memory;
}

// Padded pixels read zeros: as many as there are inputs.
static ck_status grow_zeros(ck_device *device, int32_t count) {
  if (count <= device->zero_count)
    return CK_OK;
  float *zeros = aligned_zeros((size_t)count);
  if (zeros == NULL)
    return CK_OUT_OF_MEMORY;
  free(device->zeros);
  device->zeros = zeros;
  device->zero_count = count;
  return CK_OK;
}

typedef struct fill_plan {
  const ck_pack_call *call;
  ck_weights *weights;
} fill_plan;

static void fill_body(const void *context, int64_t begin, int64_t end, int thread) {
  (void)thread;
  const fill_plan *plan = context;
  const ck_pack_call *call = plan->call;
  int64_t taps = (int64_t)call->kernel_h * call->kernel_w, inputs = call->inputs;
  for (int64_t block = begin; block < end; block++) {
    float *panel = plan->weights->panels + block * taps * inputs * CK_BLOCK;
    int64_t rows[CK_BLOCK];
    for (int32_t lane = 0; lane < CK_BLOCK; lane++) {
      rows[lane] = ck_packed_row(plan->weights->outputs, plan->weights->gated, block, lane);
      if (rows[lane] >= 0 && call->bias != NULL)
        plan->weights->bias[block * CK_BLOCK + lane] = ck_load(call->bias, call->bias_type, rows[lane]);
    }
    for (int64_t input = 0; input < inputs; input++)
      for (int64_t tap = 0; tap < taps; tap++) {
        float *to = panel + (tap * inputs + input) * CK_BLOCK;
        for (int32_t lane = 0; lane < CK_BLOCK; lane++)
          to[lane] = rows[lane] < 0 ? 0.0f
                                    : ck_load(call->weight, call->weight_type,
                                              (rows[lane] * inputs + input) * taps + tap);
      }
  }
}

ck_status ck_reference_pack(ck_device *device, const ck_pack_call *call, ck_weights **result) {
  *result = NULL;
  ck_status status = ck_check_pack(call);
  if (status == CK_OK)
    status = grow_zeros(device, call->inputs);
  if (status != CK_OK)
    return status;
  ck_weights *weights = calloc(1, sizeof *weights);
  if (weights == NULL)
    return CK_OUT_OF_MEMORY;
  weights->outputs = call->outputs;
  weights->inputs = call->inputs;
  weights->kernel_h = call->kernel_h;
  weights->kernel_w = call->kernel_w;
  weights->gated = call->gated != 0;
  int32_t lanes = weights->gated ? 16 : CK_BLOCK;
  weights->blocks = (ck_columns(weights) + lanes - 1) / lanes;
  size_t rows = (size_t)weights->blocks * CK_BLOCK;
  size_t row_size = (size_t)call->kernel_h * (size_t)call->kernel_w * (size_t)call->inputs;
  if (row_size > SIZE_MAX / sizeof(float) / 2 / rows) {
    free(weights);
    return CK_OUT_OF_MEMORY;
  }
  weights->panels = ck_aligned(rows * row_size * sizeof(float)); // `fill_body` writes all of them
  weights->bias = aligned_zeros(rows);
  weights->bytes = (rows * row_size + rows) * sizeof(float);
  if (weights->panels == NULL || weights->bias == NULL) {
    ck_reference_release_weights(device, weights);
    return CK_OUT_OF_MEMORY;
  }
  fill_plan plan = {call, weights};
  ck_pool_run(device->pool, weights->blocks, 1, fill_body, &plan);
  *result = weights;
  return CK_OK;
}

void ck_reference_release_weights(ck_device *device, ck_weights *weights) {
  (void)device;
  free(weights->panels);
  free(weights->bias);
  free(weights);
}

uint64_t ck_reference_weights_bytes(const ck_weights *weights) {
  return weights->bytes;
}

ck_status ck_reference_convert(ck_device *device, ck_operand x, ck_operand out, int64_t elements) {
  (void)device;
  if (!ck_type_is_known(x.type) || out.type != CK_F32)
    return CK_UNSUPPORTED;
  float *to = out.data;
  for (int64_t i = 0; i < elements; i++)
    to[i] = ck_load(x.data, x.type, i);
  return CK_OK;
}
