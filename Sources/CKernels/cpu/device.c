#include "cpu/cpu.h"

#include <stdlib.h>

ck_status ck_cpu_open(const ck_open_options *options, int32_t precisions, ck_device **result) {
  *result = NULL;
  if (options->threads < 0 || options->threads > CK_MAX_THREADS || options->ordinal != 0 ||
      options->precision < CK_PRECISION_FULL || options->precision > CK_PRECISION_BF16)
    return CK_BAD_ARGUMENT;
  if ((precisions >> options->precision & 1) == 0)
    return CK_UNSUPPORTED;
  ck_device *device = calloc(1, sizeof *device);
  if (device == NULL)
    return CK_OUT_OF_MEMORY;
  device->precision = options->precision;
  device->threads = options->threads > 0 ? options->threads : ck_physical_cores();
  device->pool = ck_pool_open(device->threads);
  if (device->pool == NULL) {
    free(device);
    return CK_THREADS_FAILED;
  }
  *result = device;
  return CK_OK;
}

void ck_cpu_close(ck_device *device) {
  ck_pool_close(device->pool);
  free(device->arenas.memory);
  free(device->shared.memory);
  free(device);
}

static ck_status reserve(ck_scratch *scratch, size_t bytes) {
  if (bytes <= scratch->bytes)
    return CK_OK;
  char *memory = ck_aligned(bytes);
  if (memory == NULL)
    return CK_OUT_OF_MEMORY;
  free(scratch->memory);
  *scratch = (ck_scratch){memory, bytes};
  return CK_OK;
}

ck_status ck_reserve_arenas(ck_device *device, size_t bytes) {
  size_t each = (bytes + 4095) / 4096 * 4096;
  if (each <= device->arena_bytes)
    return CK_OK;
  if (each > SIZE_MAX / CK_MAX_THREADS)
    return CK_OUT_OF_MEMORY;
  ck_status status = reserve(&device->arenas, each * (size_t)device->threads);
  if (status == CK_OK)
    device->arena_bytes = each;
  return status;
}

ck_status ck_reserve_shared(ck_device *device, size_t bytes) {
  return reserve(&device->shared, bytes);
}
