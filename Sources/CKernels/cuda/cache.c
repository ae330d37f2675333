#include "cuda/device.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

// A file of the cache: this head, then the compiled module. The key stands inside too, so that a file under a
// wrong name is noticed, and a sum over the bytes, so that a damaged one is.
typedef struct head {
  char magic[8];
  uint64_t key, bytes, sum;
} head;
static const char magic[8] = "ATELCU1";

// FNV-1a of 64 bits, going on from `seed`.
uint64_t ck_cuda_hash(uint64_t seed, const void *data, size_t bytes) {
  uint64_t hash = seed ^ 14695981039346656037u;
  for (size_t i = 0; i < bytes; i++)
    hash = (hash ^ ((const unsigned char *)data)[i]) * 1099511628211u;
  return hash;
}

void *ck_cuda_load_cached(const ck_device *device, uint64_t key, size_t *bytes) {
  char path[512];
  head head;
  void *data = NULL;
  if (device->cache[0] == 0)
    return NULL;
  snprintf(path, sizeof path, "%s/%016llx.cubin", device->cache, (unsigned long long)key);
  FILE *file = fopen(path, "rb");
  if (file == NULL)
    return NULL;
  if (fread(&head, sizeof head, 1, file) == 1 && memcmp(head.magic, magic, sizeof magic) == 0 &&
      head.key == key && head.bytes > 0 && head.bytes < (1u << 28)) {
    data = malloc(head.bytes);
    int whole = data != NULL && fread(data, head.bytes, 1, file) == 1 && fgetc(file) == EOF;
    if (!whole || ck_cuda_hash(key, data, head.bytes) != head.sum) {
      free(data);
      data = NULL;
    }
  }
  fclose(file);
  *bytes = data != NULL ? head.bytes : 0;
  return data;
}

int ck_cuda_write_file(const ck_device *device, const char *name, const void *data, size_t bytes) {
  char path[512], temporary[560];
  if (device->cache[0] == 0)
    return 0;
  snprintf(path, sizeof path, "%s/%s", device->cache, name);
  snprintf(temporary, sizeof temporary, "%s.%ld", path, (long)getpid());
  FILE *file = fopen(temporary, "wb");
  if (file == NULL)
    return 0;
  int done = fwrite(data, bytes, 1, file) == 1;
  done = fclose(file) == 0 && done && rename(temporary, path) == 0;
  if (!done)
    unlink(temporary);
  return done;
}

void ck_cuda_save_cached(const ck_device *device, uint64_t key, const void *data, size_t bytes) {
  char name[32];
  head *file = malloc(sizeof(head) + bytes);
  if (file == NULL)
    return;
  *file = (head){.key = key, .bytes = bytes, .sum = ck_cuda_hash(key, data, bytes)};
  memcpy(file->magic, magic, sizeof magic);
  memcpy(file + 1, data, bytes);
  snprintf(name, sizeof name, "%016llx.cubin", (unsigned long long)key);
  ck_cuda_write_file(device, name, file, sizeof(head) + bytes);
  free(file);
}

// Choices hold for one chip, one library and this program's own kernels: all of it is in the file's name.
static void choices_name(const ck_device *device, char *name, size_t bytes) {
  uint64_t key = ck_cuda_hash(2, device->name, strlen(device->name));
  int parts[] = {device->api->driver_version,
                 device->api->compiler_major,
                 device->api->compiler_minor,
                 device->type,
                 device->products != NULL,
                 device->networks != NULL,
                 device->attends,
                 0,
                 0,
                 0,
                 0,
                 0,
                 0};
  for (int i = 0; i < 3 && device->products != NULL; i++)
    device->api->cublasLtGetProperty(i, &parts[7 + i]);
  for (int i = 0; i < 3 && device->networks != NULL; i++)
    device->api->cudnnGetProperty(i, &parts[10 + i]);
  snprintf(name, bytes, "%016llx.choices", (unsigned long long)ck_cuda_hash(key, parts, sizeof parts));
}

void ck_cuda_load_choices(ck_device *device) {
  char name[40], path[512];
  head head;
  if (device->cache[0] == 0)
    return;
  choices_name(device, name, sizeof name);
  snprintf(path, sizeof path, "%s/%s", device->cache, name);
  FILE *file = fopen(path, "rb");
  if (file == NULL)
    return;
  if (fread(&head, sizeof head, 1, file) == 1 && memcmp(head.magic, magic, sizeof magic) == 0 &&
      head.bytes <= sizeof device->choices && head.bytes % sizeof(ck_cuda_choice) == 0 &&
      (head.bytes == 0 || fread(device->choices, head.bytes, 1, file) == 1) &&
      ck_cuda_hash(0, device->choices, head.bytes) == head.sum)
    device->choice_count = (int)(head.bytes / sizeof(ck_cuda_choice));
  fclose(file);
}

void ck_cuda_save_choices(ck_device *device) {
  char name[40];
  size_t bytes = (size_t)device->choice_count * sizeof(ck_cuda_choice);
  head *file = malloc(sizeof(head) + bytes);
  if (file == NULL)
    return;
  *file = (head){.bytes = bytes, .sum = ck_cuda_hash(0, device->choices, bytes)};
  memcpy(file->magic, magic, sizeof magic);
  memcpy(file + 1, device->choices, bytes);
  choices_name(device, name, sizeof name);
  ck_cuda_write_file(device, name, file, sizeof(head) + bytes);
  free(file);
}

ck_cuda_choice *ck_cuda_find_choice(ck_device *device, uint64_t key) {
  for (int i = 0; i < device->choice_count; i++)
    if (device->choices[i].key == key)
      return &device->choices[i];
  return NULL;
}
