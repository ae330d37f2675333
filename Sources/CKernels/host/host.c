// For the processors this process may run on.
#define _GNU_SOURCE

#include "host/host.h"

#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

// The number of the first processor that shares a core with `cpu`, or `cpu` where the host does not say.
static int first_sibling(int cpu) {
  char path[96];
  int first = cpu;
  snprintf(path, sizeof path, "/sys/devices/system/cpu/cpu%d/topology/thread_siblings_list", cpu);
  FILE *file = fopen(path, "r");
  if (file != NULL) {
    if (fscanf(file, "%d", &first) != 1 || first < 0 || first >= CPU_SETSIZE)
      first = cpu;
    fclose(file);
  }
  return first;
}

int32_t ck_physical_cores(void) {
  cpu_set_t allowed, seen;
  CPU_ZERO(&allowed);
  CPU_ZERO(&seen);
  if (sched_getaffinity(0, sizeof allowed, &allowed) != 0)
    return 1;
  for (int cpu = 0; cpu < CPU_SETSIZE; cpu++)
    if (CPU_ISSET(cpu, &allowed))
      CPU_SET(first_sibling(cpu), &seen);
  int32_t cores = CPU_COUNT(&seen);
  return cores < 1 ? 1 : cores < CK_MAX_THREADS ? cores : CK_MAX_THREADS;
}

void ck_processor_name(char *name, size_t bytes) {
  FILE *file = fopen("/proc/cpuinfo", "r");
  char line[256];
  snprintf(name, bytes, "processor");
  while (file != NULL && fgets(line, sizeof line, file) != NULL) {
    char *colon = strchr(line, ':');
    if (strncmp(line, "model name", 10) == 0 && colon != NULL) {
      snprintf(name, bytes, "%s", colon[1] == ' ' ? colon + 2 : colon + 1);
      name[strcspn(name, "\n")] = 0;
      break;
    }
  }
  if (file != NULL)
    fclose(file);
}

uint64_t ck_host_memory(void) {
  long pages = sysconf(_SC_PHYS_PAGES), page = sysconf(_SC_PAGESIZE);
  return pages > 0 && page > 0 ? (uint64_t)pages * (uint64_t)page : 0;
}

void *ck_aligned(size_t bytes) {
  if (bytes > SIZE_MAX - CK_ALIGNMENT)
    return NULL;
  size_t rounded = (bytes + CK_ALIGNMENT - 1) / CK_ALIGNMENT * CK_ALIGNMENT;
  return aligned_alloc(CK_ALIGNMENT, rounded > 0 ? rounded : CK_ALIGNMENT);
}
