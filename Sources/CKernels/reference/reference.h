#ifndef ATELIER_REFERENCE_H
#define ATELIER_REFERENCE_H

// The `reference` backend: plain C, float32, no intrinsics. It is the oracle of the others, so it is kept
// simple: every output element is computed by one thread, in an order of additions that no thread count
// changes.

#include "CKernels.h"
#include "host/packing.h"
#include "host/threads.h"

extern const ck_backend ck_reference_backend;

#if defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define CK_ONE_LEVEL // the choice below runs before that sanitizer is ready
#endif
#endif

// clang compiles such a function once per level of x86-64 and picks one at program start.
#if defined(__x86_64__) && defined(__linux__) && !defined(CK_ONE_LEVEL)
#define CK_CLONES __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define CK_CLONES
#endif

// Loads of 16 floats without an alignment promise. Used only for locals: a vector argument has no stable ABI.
typedef float ck_v16 __attribute__((vector_size(64), aligned(4)));

enum {
  CK_TILE = 12,                 // pixels of a register tile: 24 accumulators of 16 floats
  CK_ARENA_FLOATS = 256 * 1024, // scratch of one thread
};

struct ck_device {
  int32_t threads;
  ck_pool *pool;
  float *arenas; // threads × CK_ARENA_FLOATS
  float *zeros;  // what a padded pixel reads; as many as the widest packed weights have inputs
  int32_t zero_count;
};

struct ck_weights {
  float *panels; // [block][ky][kx][input][CK_BLOCK]
  float *bias;   // [block][CK_BLOCK]
  int32_t outputs, inputs, kernel_h, kernel_w, blocks, gated;
  uint64_t bytes;
};

// The scratch of thread `index`.
static inline float *ck_arena(ck_device *device, int index) {
  return device->arenas + (size_t)index * CK_ARENA_FLOATS;
}

// How many columns a product with these weights has.
static inline int32_t ck_columns(const ck_weights *weights) {
  return weights->gated ? weights->outputs / 2 : weights->outputs;
}

ck_status ck_reference_pack(ck_device *device, const ck_pack_call *call, ck_weights **weights);
void ck_reference_release_weights(ck_device *device, ck_weights *weights);
uint64_t ck_reference_weights_bytes(const ck_weights *weights);
ck_status ck_reference_convert(ck_device *device, ck_operand x, ck_operand out, int64_t elements);

ck_status ck_reference_linear(ck_device *device, const ck_linear_call *call);
ck_status ck_reference_conv(ck_device *device, const ck_conv_call *call);
ck_status ck_reference_attention(ck_device *device, const ck_attention_call *call);

ck_status ck_reference_group_norm(ck_device *device, const ck_group_norm_call *call);
ck_status ck_reference_group_norm_factors(ck_device *device, const ck_group_norm_call *call);
ck_status ck_reference_layer_norm(ck_device *device, const ck_layer_norm_call *call);
ck_status ck_reference_softmax(ck_device *device, ck_operand x, ck_operand out, int64_t rows,
                               int32_t columns);

ck_status ck_reference_activate(ck_device *device, ck_operand x, ck_operand out, int64_t elements,
                                int32_t activation);
ck_status ck_reference_add(ck_device *device, ck_operand a, ck_operand b, ck_operand out, int64_t elements);
ck_status ck_reference_combine(ck_device *device, const ck_combine_call *call);
ck_status ck_reference_scale_clamp(ck_device *device, const ck_scale_call *call);
ck_status ck_reference_embedding(ck_device *device, const ck_embedding_call *call);
ck_status ck_reference_to_bytes(ck_device *device, ck_operand x, void *out, int64_t elements);
ck_status ck_reference_count_nonfinite(ck_device *device, ck_operand x, int64_t elements, uint64_t *count);

#endif
