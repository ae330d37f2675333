#include "cuda/device.h"

// As in the kernel's text: what a block of it holds.
static ck_cuda_grid tensor_grid(const ck_attention_call *call, int padded) {
  int wide = padded > 160, queries = wide ? 32 : 64, keys = padded > 128 ? 32 : 64, stages = wide ? 1 : 2;
  int row = (padded + 15) / 16 * 16 + 8;
  return (ck_cuda_grid){.x = (uint32_t)((call->queries + queries - 1) / queries),
                        .y = (uint32_t)call->heads,
                        .z = (uint32_t)call->batch,
                        .threads = wide ? 256 : 128,
                        .shared_bytes = (uint32_t)((queries + 2 * stages * keys) * row * 2)};
}

static ck_status check(const ck_device *device, const ck_attention_call *call) {
  if (call->q.type != device->type || call->k.type != device->type || call->v.type != device->type ||
      call->out.type != device->type)
    return CK_UNSUPPORTED;
  if (call->batch < 1 || call->batch > 65535 || call->queries < 1 || call->keys < 1 || call->heads < 1 ||
      call->heads > 65535 || call->head_size < 1 || call->head_size > 512)
    return CK_BAD_ARGUMENT;
  return CK_OK;
}

ck_status ck_cuda_attention(ck_device *device, const ck_attention_call *call) {
  ck_status status = check(device, call);
  if (status == CK_OK)
    status = ck_cuda_enter(device);
  if (status != CK_OK)
    return status;
  ck_attention_params params = {.q = ck_cuda_address(call->q),
                                .k = ck_cuda_address(call->k),
                                .v = ck_cuda_address(call->v),
                                .out = ck_cuda_address(call->out),
                                .q_stride = call->q_stride,
                                .k_stride = call->k_stride,
                                .v_stride = call->v_stride,
                                .queries = call->queries,
                                .keys = call->keys,
                                .heads = call->heads,
                                .head_size = call->head_size,
                                .causal = call->causal,
                                .scale = call->scale};
  params.aligned = call->head_size % 8 == 0 &&
                   (params.q_stride | params.k_stride | params.v_stride) % 8 == 0 &&
                   (params.q | params.k | params.v) % 16 == 0;
  ck_cu_function function = NULL;
  ck_cuda_grid grid = {(uint32_t)call->queries, (uint32_t)call->heads, (uint32_t)call->batch, 128, 0};
  if (device->type == CK_F32) {
    status = ck_cuda_function(device, CK_KERNEL_attention_simple, &function);
  } else {
    int padded = 0;
    status = ck_cuda_head_function(device, call->head_size, &function, &padded);
    grid = tensor_grid(call, padded);
  }
  return status == CK_OK ? ck_cuda_launch(device, function, grid, &params) : status;
}
