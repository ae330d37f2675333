#include "host/memory.h"
#include "host/host.h"

#include <stdlib.h>
#include <string.h>

void ck_host_describe(int32_t threads, int32_t activation_type, ck_device_info *info) {
  memset(info, 0, sizeof *info);
  ck_processor_name(info->name, sizeof info->name);
  info->threads = threads;
  info->activation_type = activation_type;
  info->memory_bytes = ck_host_memory();
}

// Statuses say all there is to say here.
void ck_host_failure(ck_device *device, char *text, size_t text_bytes) {
  (void)device;
  if (text_bytes > 0)
    text[0] = 0;
}

ck_status ck_host_synchronize(ck_device *device) {
  (void)device;
  return CK_OK;
}

ck_status ck_host_allocate(ck_device *device, size_t bytes, void **memory) {
  (void)device;
  *memory = ck_aligned(bytes);
  return *memory != NULL ? CK_OK : CK_OUT_OF_MEMORY;
}

void ck_host_release(ck_device *device, void *memory) {
  (void)device;
  free(memory);
}

ck_status ck_host_transfer(ck_device *device, void *to, const void *from, size_t bytes) {
  (void)device;
  if (bytes > 0)
    memcpy(to, from, bytes);
  return CK_OK;
}

ck_status ck_host_repeat(ck_device *device, ck_operand x, ck_operand out, int64_t elements, int32_t copies) {
  if (x.type != out.type || elements < 0 || copies < 1)
    return CK_BAD_ARGUMENT;
  size_t bytes = (size_t)elements * (x.type == CK_F32 ? 4 : 2);
  for (int32_t i = 0; i < copies; i++)
    ck_host_transfer(device, (char *)out.data + (size_t)i * bytes, x.data, bytes);
  return CK_OK;
}
