#ifndef ATELIER_CPU_H
#define ATELIER_CPU_H

// The `cpu` backend: one source compiled for several levels of processors, the tiers. A tier is a backend of
// its own, `cpu:avx2` for example; `cpu` means the best one that works here. What does not depend on the
// level is in cpu/*.c, what does is in headers that every tier's one source file includes (cpu/portable.c,
// x86/*.c).

#include "CKernels.h"
#include "host/checks.h"
#include "host/host.h"
#include "host/packing.h"
#include "host/threads.h"

extern const ck_backend ck_cpu_amx_backend;
extern const ck_backend ck_cpu_avx512bf16_backend;
extern const ck_backend ck_cpu_avx512fp16_backend;
extern const ck_backend ck_cpu_avx512_backend;
extern const ck_backend ck_cpu_amxint8_backend;
extern const ck_backend ck_cpu_avx512vnni_backend;
extern const ck_backend ck_cpu_avx2_backend;
extern const ck_backend ck_cpu_avx2int16_backend;
extern const ck_backend ck_cpu_portable_backend;

enum { CK_MAX_TILE = 32 }; // rows of the largest register tile

// Scratch that lives as long as its device and only grows.
typedef struct ck_scratch {
  char *memory;
  size_t bytes;
} ck_scratch;

struct ck_device {
  int32_t threads, precision;
  ck_pool *pool;
  ck_scratch arenas; // one of `arena_bytes` for each thread
  size_t arena_bytes;
  ck_scratch shared; // what all threads read: tables, statistics
};

// How a tier lays out weights.
typedef struct ck_layout {
  int32_t element;  // bytes of one
  int32_t as_filed; // whether weights of 16 bits stay as they are in the file, whatever `element` says
  int32_t step;     // inputs that one step of its product takes
  int32_t scaled;   // whether a column has a factor of its own
  // Bytes that a block has beside its weights; absent: none.
  size_t (*block_extra)(const ck_weights *weights);
} ck_layout;

// Weights in the layout of one tier.
struct ck_weights {
  char *panels; // blocks one after another, `block_bytes` each
  float *bias;  // [blocks][CK_BLOCK]
  float *scale; // the same, what sums are multiplied by; null where weights are as they are
  // The tier whose layout this is, where it is not the device's own: small layers of an INT8 device.
  const ck_backend *delegate;
  int32_t outputs, inputs, kernel_h, kernel_w, gated;
  int32_t filed; // CK_F16 or CK_BF16 where the layout keeps the file's 16 bits, else CK_F32
  int32_t blocks;
  int32_t depth; // inputs rounded up to whole steps
  size_t block_bytes;
};

// How many columns a product with these weights has, and how many of them one block makes.
static inline int32_t ck_columns(const ck_weights *weights) {
  return weights->gated ? weights->outputs / 2 : weights->outputs;
}
static inline int32_t ck_lanes(const ck_weights *weights) {
  return weights->gated ? CK_BLOCK / 2 : CK_BLOCK;
}

// The row of the file in lane `lane` of a block, or −1.
static inline int64_t ck_source_row(const ck_weights *weights, int64_t block, int32_t lane) {
  return ck_packed_row(weights->outputs, weights->gated, block, lane);
}

// Makes every thread's arena at least `bytes` large.
ck_status ck_reserve_arenas(ck_device *device, size_t bytes);
// Makes the shared scratch at least `bytes` large.
ck_status ck_reserve_shared(ck_device *device, size_t bytes);
static inline void *ck_arena(const ck_device *device, int thread) {
  return device->arenas.memory + (size_t)thread * device->arena_bytes;
}

// The functions of the table that are the same on every tier; host/memory.h has those of any backend here.
ck_status ck_cpu_open(const ck_open_options *options, int32_t precisions, ck_device **device);
void ck_cpu_close(ck_device *device);
void ck_cpu_release_weights(ck_device *device, ck_weights *weights);
uint64_t ck_cpu_weights_bytes(const ck_weights *weights);

// Checks a call, makes room for its weights and fills in their bias.
ck_status ck_cpu_new_weights(const ck_pack_call *call, ck_layout layout, ck_weights **weights);
// Whether the process may use a tier: the instructions are there, the system saves their registers, and one
// tiny product made with them is right. `try` runs with SIGILL and SIGSEGV caught.
int ck_tier_works(int (*try)(void));

#endif
