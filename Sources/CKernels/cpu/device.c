#include "cpu/cpu.h"

#include <stdlib.h>
#include <string.h>

ck_status ck_cpu_open(const ck_open_options *options, int32_t precisions, ck_device **result) {
  *result = NULL;
  if (options->threads < 0 || options->threads > CK_MAX_THREADS || options->ordinal != 0 ||
      options->precision < CK_PRECISION_FULL || options->precision > CK_PRECISION_INT8)
    return CK_BAD_ARGUMENT;
  if ((precisions >> options->precision & 1) == 0)
    return CK_UNSUPPORTED;
  ck_device *device = calloc(1, sizeof *device);
  if (device == NULL)
    return CK_OUT_OF_MEMORY;
  device->threads = options->threads > 0 ? options->threads : ck_physical_cores();
  device->precision = options->precision;
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

ck_status ck_cpu_describe(ck_device *device, int32_t activation_type, ck_device_info *info) {
  memset(info, 0, sizeof *info);
  ck_processor_name(info->name, sizeof info->name);
  info->threads = device->threads;
  info->activation_type = activation_type;
  info->memory_bytes = ck_host_memory();
  return CK_OK;
}

// Statuses say all there is to say here.
void ck_cpu_failure(ck_device *device, char *text, size_t text_bytes) {
  (void)device;
  if (text_bytes > 0)
    text[0] = 0;
}

ck_status ck_cpu_synchronize(ck_device *device) {
  (void)device;
  return CK_OK;
}

ck_status ck_cpu_allocate(ck_device *device, size_t bytes, void **memory) {
  (void)device;
  *memory = ck_aligned(bytes);
  return *memory != NULL ? CK_OK : CK_OUT_OF_MEMORY;
}

void ck_cpu_release(ck_device *device, void *memory) {
  (void)device;
  free(memory);
}

ck_status ck_cpu_transfer(ck_device *device, void *to, const void *from, size_t bytes) {
  (void)device;
  if (bytes > 0)
    memcpy(to, from, bytes);
  return CK_OK;
}

ck_status ck_cpu_repeat(ck_device *device, ck_operand x, ck_operand out, int64_t elements, int32_t copies) {
  if (x.type != out.type || elements < 0 || copies < 1)
    return CK_BAD_ARGUMENT;
  size_t bytes = (size_t)elements * (x.type == CK_F32 ? 4 : 2);
  for (int32_t i = 0; i < copies; i++)
    ck_cpu_transfer(device, (char *)out.data + (size_t)i * bytes, x.data, bytes);
  return CK_OK;
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
