#include "cpu/cpu.h"
#include "host/scalar.h"

#include <stdlib.h>
#include <string.h>

// Fills in the sizes that follow from outputs, inputs, kernel and the layout; false where they overflow.
static int set_sizes(ck_weights *weights, ck_layout layout) {
  int32_t lanes = ck_lanes(weights);
  weights->blocks = (ck_columns(weights) + lanes - 1) / lanes;
  weights->depth = (weights->inputs + layout.step - 1) / layout.step * layout.step;
  size_t taps = (size_t)weights->kernel_h * (size_t)weights->kernel_w;
  size_t element = weights->filed == CK_F32 ? (size_t)layout.element : sizeof(uint16_t);
  weights->block_bytes = taps * (size_t)weights->depth * CK_BLOCK * element;
  if (layout.block_extra != NULL)
    weights->block_bytes += layout.block_extra(weights);
  return weights->block_bytes <= SIZE_MAX / 4 / (size_t)weights->blocks;
}

static size_t bias_bytes(const ck_weights *weights) {
  return (size_t)weights->blocks * CK_BLOCK * sizeof(float);
}
static size_t panel_bytes(const ck_weights *weights) {
  return (size_t)weights->blocks * weights->block_bytes;
}

static void fill_bias(ck_weights *weights, const ck_pack_call *call) {
  memset(weights->bias, 0, bias_bytes(weights));
  for (int32_t block = 0; call->bias != NULL && block < weights->blocks; block++)
    for (int32_t lane = 0; lane < CK_BLOCK; lane++) {
      int64_t row = ck_source_row(weights, block, lane);
      if (row >= 0)
        weights->bias[block * CK_BLOCK + lane] = ck_load(call->bias, call->bias_type, row);
    }
}

ck_status ck_cpu_new_weights(const ck_pack_call *call, ck_layout layout, ck_weights **result) {
  *result = NULL;
  ck_status status = ck_check_pack(call);
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
  weights->filed = layout.as_filed ? call->weight_type : CK_F32;
  if (set_sizes(weights, layout)) {
    weights->panels = ck_aligned(panel_bytes(weights));
    weights->bias = ck_aligned(bias_bytes(weights));
    weights->scale = layout.scaled ? ck_aligned(bias_bytes(weights)) : NULL;
  }
  if (weights->panels == NULL || weights->bias == NULL || (layout.scaled && weights->scale == NULL)) {
    ck_cpu_release_weights(NULL, weights);
    return CK_OUT_OF_MEMORY;
  }
  fill_bias(weights, call);
  *result = weights;
  return CK_OK;
}

void ck_cpu_release_weights(ck_device *device, ck_weights *weights) {
  (void)device;
  free(weights->panels);
  free(weights->bias);
  free(weights->scale);
  free(weights);
}

uint64_t ck_cpu_weights_bytes(const ck_weights *weights) {
  return panel_bytes(weights) + bias_bytes(weights) * (weights->scale != NULL ? 2 : 1);
}
