#include "cuda/device.h"
#include "host/checks.h"

#include <stdlib.h>

static int32_t rounded(int32_t n, int32_t step) {
  return (n + step - 1) / step * step;
}

// Sends a file's bytes to the staging buffer at `offset`.
static ck_status send(ck_device *device, size_t offset, const void *from, size_t bytes) {
  return ck_cuda_upload(device, (void *)(uintptr_t)(device->staging.memory + offset), from, bytes);
}

// One block of memory for weights and biases.
static ck_status reserve(ck_device *device, ck_weights *w, int64_t elements) {
  size_t size = ck_cuda_size(device->type), weights = ((size_t)elements * size + 255) / 256 * 256;
  size_t biases = ((size_t)w->outputs * sizeof(float) + 255) / 256 * 256;
  w->bytes = weights + 2 * biases;
  ck_status status =
      ck_cuda_check(device, device->api->cuMemAlloc_v2(&w->weights, w->bytes), "allocating weights");
  w->bias = w->weights + weights;
  w->narrow_bias = w->bias + biases;
  return status;
}

// Arranges weights on the device from the file's bytes in the staging buffer.
static ck_status arrange(ck_device *device, const ck_pack_call *call, ck_weights *w, int64_t elements,
                         size_t bias_offset) {
  ck_pack_params pack = {.weight = device->staging.memory,
                         .out = w->weights,
                         .elements = elements,
                         .weight_type = call->weight_type,
                         .outputs = w->outputs,
                         .inputs = w->inputs,
                         .taps = w->kernel_h * w->kernel_w,
                         .channels = w->channel_stride,
                         .gated = w->gated};
  ck_status status = ck_cuda_launch_over(device, CK_KERNEL_pack, elements, &pack);
  if (status != CK_OK)
    return status;
  ck_pack_bias_params bias = {.bias = call->bias != NULL ? device->staging.memory + bias_offset : 0,
                              .out = w->bias,
                              .narrow = w->narrow_bias,
                              .bias_type = call->bias_type,
                              .outputs = w->outputs,
                              .gated = w->gated};
  return ck_cuda_launch_over(device, CK_KERNEL_pack_bias, w->outputs, &bias);
}

static ck_status fill(ck_device *device, const ck_pack_call *call, ck_weights *w) {
  int64_t taps = (int64_t)call->kernel_h * call->kernel_w;
  int64_t elements = w->rows * taps * w->channel_stride;
  size_t weight_bytes = (size_t)(w->outputs * taps * w->inputs) * ck_cuda_size(call->weight_type);
  size_t bias_offset = (weight_bytes + 255) / 256 * 256;
  size_t bias_bytes = call->bias != NULL ? (size_t)w->outputs * ck_cuda_size(call->bias_type) : 0;
  ck_status status = reserve(device, w, elements);
  if (status == CK_OK)
    status = ck_cuda_grow(device, &device->staging, bias_offset + bias_bytes);
  if (status == CK_OK)
    status = send(device, 0, call->weight, weight_bytes);
  if (status == CK_OK && bias_bytes > 0)
    status = send(device, bias_offset, call->bias, bias_bytes);
  return status == CK_OK ? arrange(device, call, w, elements, bias_offset) : status;
}

ck_status ck_cuda_pack(ck_device *device, const ck_pack_call *call, ck_weights **result) {
  *result = NULL;
  ck_status status = ck_check_pack(call);
  if (status == CK_OK)
    status = ck_cuda_enter(device);
  if (status != CK_OK)
    return status;
  ck_weights *w = calloc(1, sizeof *w);
  if (w == NULL)
    return CK_OUT_OF_MEMORY;
  w->outputs = call->outputs;
  w->inputs = call->inputs;
  w->kernel_h = call->kernel_h;
  w->kernel_w = call->kernel_w;
  w->gated = call->gated != 0;
  // Tensor cores take blocks of channels; what they cannot serve anyway stays dense.
  w->channel_stride = call->inputs % 8 == 0 ? rounded(call->inputs, CK_K_BLOCK) : call->inputs;
  w->rows = rounded(call->outputs, 8);
  status = fill(device, call, w);
  if (status != CK_OK) {
    ck_cuda_release_weights(device, w);
    return status;
  }
  *result = w;
  return CK_OK;
}

void ck_cuda_release_weights(ck_device *device, ck_weights *weights) {
  if (weights->weights != 0 && ck_cuda_enter(device) == CK_OK)
    ck_cuda_check(device, device->api->cuMemFree_v2(weights->weights), "releasing weights");
  free(weights);
}

uint64_t ck_cuda_weights_bytes(const ck_weights *weights) {
  return weights->bytes;
}
