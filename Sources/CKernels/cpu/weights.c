#include "cpu/cpu.h"
#include "host/scalar.h"

#include <stdlib.h>
#include <string.h>

static int type_is_known(int32_t type) {
  return type == CK_F32 || type == CK_F16 || type == CK_BF16;
}

static ck_status check(const ck_pack_call *call) {
  if (!type_is_known(call->weight_type) || (call->bias != NULL && !type_is_known(call->bias_type)))
    return CK_UNSUPPORTED;
  if (call->outputs < 1 || call->inputs < 1 || call->outputs > CK_MAX_CHANNELS ||
      call->inputs > CK_MAX_CHANNELS || call->kernel_h < 1 || call->kernel_w < 1 ||
      call->kernel_h > CK_MAX_KERNEL || call->kernel_w > CK_MAX_KERNEL)
    return CK_BAD_ARGUMENT;
  if (call->gated && (call->outputs % 2 != 0 || call->kernel_h * call->kernel_w != 1))
    return CK_BAD_ARGUMENT;
  return CK_OK;
}

// Fills in the sizes that follow from outputs, inputs, kernel and the layout; false where they overflow.
static int set_sizes(ck_weights *weights, ck_layout layout) {
  int32_t lanes = ck_lanes(weights);
  weights->blocks = (ck_columns(weights) + lanes - 1) / lanes;
  weights->depth = (weights->inputs + layout.step - 1) / layout.step * layout.step;
  size_t taps = (size_t)weights->kernel_h * (size_t)weights->kernel_w;
  weights->block_bytes = taps * (size_t)weights->depth * CK_BLOCK * (size_t)layout.element + layout.extra;
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
  ck_status status = check(call);
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
  weights->owned = 1;
  if (set_sizes(weights, layout)) {
    weights->panels = ck_aligned(panel_bytes(weights));
    weights->bias = ck_aligned(bias_bytes(weights));
  }
  if (weights->panels == NULL || weights->bias == NULL) {
    ck_cpu_release_weights(NULL, weights);
    return CK_OUT_OF_MEMORY;
  }
  fill_bias(weights, call);
  *result = weights;
  return CK_OK;
}

void ck_cpu_release_weights(ck_device *device, ck_weights *weights) {
  (void)device;
  if (weights->owned) {
    free(weights->panels);
    free(weights->bias);
  }
  free(weights);
}

uint64_t ck_cpu_weights_bytes(const ck_weights *weights) {
  return weights->owned ? panel_bytes(weights) + bias_bytes(weights) : 0;
}

ck_status ck_cpu_view_weights(const ck_weights *weights, ck_packed *packed) {
  *packed = (ck_packed){
      .panels = weights->panels,
      .bias = weights->bias,
      .panel_bytes = panel_bytes(weights),
      .bias_bytes = bias_bytes(weights),
      .outputs = weights->outputs,
      .inputs = weights->inputs,
      .kernel_h = weights->kernel_h,
      .kernel_w = weights->kernel_w,
      .gated = weights->gated,
  };
  return CK_OK;
}

ck_status ck_cpu_adopt_weights(const ck_packed *packed, ck_layout layout, ck_weights **result) {
  *result = NULL;
  ck_pack_call shape = {
      .outputs = packed->outputs,
      .inputs = packed->inputs,
      .kernel_h = packed->kernel_h,
      .kernel_w = packed->kernel_w,
      .gated = packed->gated,
  };
  ck_status status = check(&shape);
  if (status != CK_OK)
    return status;
  ck_weights weights = {
      .outputs = packed->outputs,
      .inputs = packed->inputs,
      .kernel_h = packed->kernel_h,
      .kernel_w = packed->kernel_w,
      .gated = packed->gated != 0,
  };
  if (!set_sizes(&weights, layout) || packed->panel_bytes != panel_bytes(&weights) ||
      packed->bias_bytes != bias_bytes(&weights) || (uintptr_t)packed->panels % CK_ALIGNMENT != 0 ||
      (uintptr_t)packed->bias % CK_ALIGNMENT != 0)
    return CK_BAD_ARGUMENT;
  // Kernels only read them; the two fields are not const because packing writes them.
  weights.panels = (char *)(uintptr_t)packed->panels;
  weights.bias = (float *)(uintptr_t)packed->bias;
  *result = malloc(sizeof weights);
  if (*result == NULL)
    return CK_OUT_OF_MEMORY;
  **result = weights;
  return CK_OK;
}

int64_t ck_source_row(const ck_weights *weights, int64_t block, int32_t lane) {
  if (!weights->gated) {
    int64_t row = block * CK_BLOCK + lane;
    return row < weights->outputs ? row : -1;
  }
  int32_t half = weights->outputs / 2, values = CK_BLOCK / 2;
  int64_t column = block * values + lane % values;
  return column < half ? column + (lane < values ? 0 : half) : -1;
}
