#ifndef ATELIER_HOST_MEMORY_H
#define ATELIER_HOST_MEMORY_H

// The functions of the table that are the same for every backend whose memory is the host's.

#include "CKernels.h"

// Fills in all that is known of a device of `threads` threads.
void ck_host_describe(int32_t threads, int32_t activation_type, ck_device_info *info);
void ck_host_failure(ck_device *device, char *text, size_t text_bytes);
ck_status ck_host_synchronize(ck_device *device);
ck_status ck_host_allocate(ck_device *device, size_t bytes, void **memory);
void ck_host_release(ck_device *device, void *memory);
ck_status ck_host_transfer(ck_device *device, void *to, const void *from, size_t bytes);
ck_status ck_host_repeat(ck_device *device, ck_operand x, ck_operand out, int64_t elements, int32_t copies);

#endif
