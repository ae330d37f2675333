#ifndef ATELIER_HOST_H
#define ATELIER_HOST_H

#include <stddef.h>
#include <stdint.h>

// What every backend on the host's processor needs to know of it.

enum { CK_ALIGNMENT = 64, CK_MAX_THREADS = 256 };

// Physical cores that this process may run on, 1 … CK_MAX_THREADS.
int32_t ck_physical_cores(void);

// The processor's name as the kernel gives it, or "processor".
void ck_processor_name(char *name, size_t bytes);

// The host's memory in bytes, 0 where it is unknown.
uint64_t ck_host_memory(void);

// Memory aligned to CK_ALIGNMENT, at least 64 bytes, or null. Freed by free().
void *ck_aligned(size_t bytes);

#endif
