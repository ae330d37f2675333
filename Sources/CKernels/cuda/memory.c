#include "cuda/device.h"

#include <stdlib.h>

ck_status ck_cuda_allocate(ck_device *device, size_t bytes, void **memory) {
  *memory = NULL;
  ck_status status = ck_cuda_enter(device);
  if (status != CK_OK)
    return status;
  ck_cu_address address = 0;
  status = ck_cuda_check(device, device->api->cuMemAlloc_v2(&address, bytes > 0 ? bytes : 1), "allocating");
  *memory = (void *)(uintptr_t)address;
  return status;
}

void ck_cuda_release(ck_device *device, void *memory) {
  // Waits for what still uses the memory.
  if (ck_cuda_enter(device) == CK_OK)
    ck_cuda_check(device, device->api->cuMemFree_v2((ck_cu_address)(uintptr_t)memory), "releasing memory");
}

ck_status ck_cuda_upload(ck_device *device, void *to, const void *from, size_t bytes) {
  ck_status status = ck_cuda_enter(device);
  if (status != CK_OK || bytes == 0)
    return status;
  // From pageable memory the driver has taken the bytes when this returns.
  return ck_cuda_check(
      device, device->api->cuMemcpyHtoDAsync_v2((ck_cu_address)(uintptr_t)to, from, bytes, device->stream),
      "copying to the GPU");
}

ck_status ck_cuda_download(ck_device *device, void *to, const void *from, size_t bytes) {
  ck_status status = ck_cuda_enter(device);
  if (status == CK_OK && bytes > 0)
    status = ck_cuda_check(
        device, device->api->cuMemcpyDtoHAsync_v2(to, (ck_cu_address)(uintptr_t)from, bytes, device->stream),
        "copying from the GPU");
  if (status != CK_OK)
    return status;
  return ck_cuda_check(device, device->api->cuStreamSynchronize(device->stream), "copying from the GPU");
}

ck_status ck_cuda_copy(ck_device *device, void *to, const void *from, size_t bytes) {
  ck_status status = ck_cuda_enter(device);
  if (status != CK_OK || bytes == 0)
    return status;
  return ck_cuda_check(device,
                       device->api->cuMemcpyDtoDAsync_v2((ck_cu_address)(uintptr_t)to,
                                                         (ck_cu_address)(uintptr_t)from, bytes,
                                                         device->stream),
                       "copying on the GPU");
}

// Whole-device numbers, as nvidia-smi gives them; touches nothing that a thread at work in the device may
// change.
ck_status ck_cuda_vitals(ck_device *device, ck_vitals *vitals) {
  const ck_cuda_libraries *api = device->api;
  ck_nvml_memory memory;
  ck_nvml_use use;
  *vitals = (ck_vitals){.busy_percent = -1};
  if (device->management != NULL && api->nvmlDeviceGetMemoryInfo(device->management, &memory) == 0) {
    vitals->memory_used = memory.used;
    vitals->memory_total = memory.total;
    if (api->nvmlDeviceGetUtilizationRates(device->management, &use) == 0)
      vitals->busy_percent = use.gpu < 100 ? (int32_t)use.gpu : 100;
    return CK_OK;
  }
  size_t left = 0, total = 0;
  if (api->cuCtxSetCurrent(device->context) != 0 || api->cuMemGetInfo_v2(&left, &total) != 0)
    return CK_UNAVAILABLE;
  vitals->memory_used = total - left;
  vitals->memory_total = total;
  return CK_OK;
}

void ck_cuda_free_retired(ck_device *device) {
  if (device->graphs > 0)
    return;
  while (device->retired_count > 0)
    device->api->cuMemFree_v2(device->retired[--device->retired_count]);
}

ck_status ck_cuda_grow(ck_device *device, ck_cuda_buffer *buffer, size_t bytes) {
  if (bytes <= buffer->bytes)
    return CK_OK;
  if (device->capturing)
    return ck_cuda_fail(device, CK_UNSUPPORTED, "a recorded graph needs more memory than its first run");
  if (buffer->memory != 0) {
    // Graphs keep the addresses they were recorded with.
    if (device->graphs > 0 && device->retired_count == CK_RETIRED)
      return ck_cuda_fail(device, CK_OUT_OF_MEMORY,
                          "too many outgrown buffers: graphs must be forgotten first");
    if (device->graphs > 0)
      device->retired[device->retired_count++] = buffer->memory;
    else
      device->api->cuMemFree_v2(buffer->memory);
  }
  *buffer = (ck_cuda_buffer){0, 0};
  size_t rounded = (bytes + (1u << 20) - 1) >> 20 << 20;
  ck_status status =
      ck_cuda_check(device, device->api->cuMemAlloc_v2(&buffer->memory, rounded), "allocating a workspace");
  if (status == CK_OK)
    buffer->bytes = rounded;
  return status;
}

ck_status ck_cuda_launch(ck_device *device, ck_cu_function function, ck_cuda_grid grid,
                         const void *parameters) {
  void *list[] = {(void *)(uintptr_t)parameters};
  return ck_cuda_check(device,
                       device->api->cuLaunchKernel(function, grid.x, grid.y, grid.z, grid.threads, 1, 1,
                                                   grid.shared_bytes, device->stream, list, NULL),
                       "starting a kernel");
}

ck_status ck_cuda_launch_over(ck_device *device, int kernel, int64_t elements, const void *parameters) {
  ck_status status = ck_cuda_enter(device);
  ck_cu_function function = NULL;
  if (status == CK_OK && elements > 0)
    status = ck_cuda_function(device, kernel, &function);
  if (status != CK_OK || elements <= 0)
    return status;
  // Each thread strides on where there are more elements than this.
  int64_t blocks = (elements + 255) / 256, most = (int64_t)device->processors * 32;
  ck_cuda_grid grid = {(uint32_t)(blocks < most ? blocks : most), 1, 1, 256, 0};
  return ck_cuda_launch(device, function, grid, parameters);
}
