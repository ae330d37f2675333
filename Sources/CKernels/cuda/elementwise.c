#include "cuda/device.h"
#include "host/checks.h"
#include "host/timestep.h"

#include <math.h>
#include <stdlib.h>

static int known(ck_operand operand) {
  return ck_type_is_known(operand.type);
}

ck_status ck_cuda_convert(ck_device *device, ck_operand x, ck_operand out, int64_t elements) {
  if (!known(x) || !known(out))
    return CK_UNSUPPORTED;
  ck_convert_params params = {ck_cuda_address(x), ck_cuda_address(out), elements, x.type, out.type};
  return ck_cuda_launch_over(device, CK_KERNEL_convert, elements, &params);
}

ck_status ck_cuda_activate(ck_device *device, ck_operand x, ck_operand out, int64_t elements,
                           int32_t activation) {
  if (!known(x) || !known(out))
    return CK_UNSUPPORTED;
  if (activation < CK_ACTIVATION_NONE || activation > CK_ACTIVATION_QUICK_GELU)
    return CK_BAD_ARGUMENT;
  ck_activate_params params = {ck_cuda_address(x), ck_cuda_address(out), elements, x.type, out.type,
                               activation};
  return ck_cuda_launch_over(device, CK_KERNEL_activate_elements, elements, &params);
}

static ck_status combine(ck_device *device, ck_combine_params *params) {
  return ck_cuda_launch_over(device, CK_KERNEL_combine, params->elements, params);
}

ck_status ck_cuda_combine(ck_device *device, const ck_combine_call *call) {
  if (call->count < 1 || call->count > 4)
    return CK_BAD_ARGUMENT;
  ck_combine_params params = {.out = ck_cuda_address(call->out),
                              .elements = call->elements,
                              .low = -INFINITY,
                              .high = INFINITY,
                              .out_type = call->out.type,
                              .count = call->count};
  if (!known(call->out))
    return CK_UNSUPPORTED;
  for (int32_t i = 0; i < call->count; i++) {
    if (!known(call->x[i]))
      return CK_UNSUPPORTED;
    params.x[i] = ck_cuda_address(call->x[i]);
    params.x_type[i] = call->x[i].type;
    params.coefficient[i] = call->coefficient[i];
  }
  return combine(device, &params);
}

ck_status ck_cuda_add(ck_device *device, ck_operand a, ck_operand b, ck_operand out, int64_t elements) {
  ck_combine_call call = {.x = {a, b}, .out = out, .coefficient = {1, 1}, .count = 2, .elements = elements};
  return ck_cuda_combine(device, &call);
}

ck_status ck_cuda_scale_clamp(ck_device *device, const ck_scale_call *call) {
  if (!known(call->x) || !known(call->out))
    return CK_UNSUPPORTED;
  ck_combine_params params = {.x = {ck_cuda_address(call->x)},
                              .out = ck_cuda_address(call->out),
                              .elements = call->elements,
                              .coefficient = {call->scale},
                              .shift = call->shift,
                              .low = call->low,
                              .high = call->high,
                              .x_type = {call->x.type},
                              .out_type = call->out.type,
                              .count = 1};
  return combine(device, &params);
}

ck_status ck_cuda_repeat(ck_device *device, ck_operand x, ck_operand out, int64_t elements, int32_t copies) {
  if (x.type != out.type || elements < 0 || copies < 1)
    return CK_BAD_ARGUMENT;
  size_t bytes = (size_t)elements * ck_cuda_size(x.type);
  ck_status status = CK_OK;
  for (int32_t i = 0; i < copies && status == CK_OK; i++)
    status = ck_cuda_copy(device, (char *)out.data + (size_t)i * bytes, x.data, bytes);
  return status;
}

// On the host, as the angles' rounding is part of what a model was trained with; small, and made once a
// schedule.
ck_status ck_cuda_timestep_embedding(ck_device *device, const ck_timestep_call *call) {
  if (call->rows < 1 || call->dimension < 2)
    return CK_BAD_ARGUMENT;
  size_t bytes = (size_t)call->rows * (size_t)call->dimension * sizeof(float);
  float *values = malloc(bytes);
  if (values == NULL)
    return CK_OUT_OF_MEMORY;
  ck_timestep_call host = *call;
  host.out.data = values;
  ck_status status = ck_host_timestep_embedding(device, &host);
  if (status == CK_OK)
    status = ck_cuda_upload(device, call->out.data, values, bytes);
  if (status == CK_OK)
    status = ck_cuda_check(device, device->api->cuStreamSynchronize(device->stream), "copying to the GPU");
  free(values);
  return status;
}

ck_status ck_cuda_embedding(ck_device *device, const ck_embedding_call *call) {
  if (call->tokens.type != device->type || call->out.type != device->type)
    return CK_UNSUPPORTED;
  ck_status status = ck_check_embedding(call);
  size_t bytes = (size_t)call->rows * sizeof(int32_t);
  if (status == CK_OK)
    status = ck_cuda_enter(device);
  if (status == CK_OK)
    status = ck_cuda_grow(device, &device->staging, bytes);
  if (status == CK_OK)
    status = ck_cuda_upload(device, (void *)(uintptr_t)device->staging.memory, call->ids, bytes);
  if (status != CK_OK)
    return status;
  ck_embedding_params params = {device->staging.memory,
                                ck_cuda_address(call->tokens),
                                ck_cuda_address(call->positions),
                                ck_cuda_address(call->out),
                                call->rows,
                                call->length,
                                call->columns};
  return ck_cuda_launch_over(device, CK_KERNEL_embed, (int64_t)call->rows * call->columns, &params);
}

ck_status ck_cuda_to_bytes(ck_device *device, ck_operand x, void *out, int64_t elements) {
  if (!known(x))
    return CK_UNSUPPORTED;
  ck_bytes_params params = {ck_cuda_address(x), (ck_address)(uintptr_t)out, elements, x.type};
  return ck_cuda_launch_over(device, CK_KERNEL_to_bytes, elements, &params);
}

ck_status ck_cuda_count_nonfinite(ck_device *device, ck_operand x, int64_t elements, uint64_t *count) {
  *count = 0;
  if (!known(x))
    return CK_UNSUPPORTED;
  ck_status status = ck_cuda_enter(device);
  if (status == CK_OK)
    status = ck_cuda_grow(device, &device->staging, sizeof *count);
  if (status == CK_OK)
    status = ck_cuda_check(
        device, device->api->cuMemsetD8Async(device->staging.memory, 0, sizeof *count, device->stream),
        "clearing a counter");
  if (status != CK_OK)
    return status;
  ck_count_params params = {ck_cuda_address(x), device->staging.memory, elements, x.type};
  status = ck_cuda_launch_over(device, CK_KERNEL_count_nonfinite, elements, &params);
  if (status != CK_OK)
    return status;
  return ck_cuda_download(device, count, (void *)(uintptr_t)device->staging.memory, sizeof *count);
}
