#ifndef ATELIER_CUDA_DEVICE_H
#define ATELIER_CUDA_DEVICE_H

// The `cuda` backend: one context, one stream, modules compiled when they are first used.

#include "CKernels.h"
#include "cuda/kernels/params.h"
#include "cuda/libraries.h"

// Kernels: MODULE, name in the module.
#define CK_CUDA_KERNELS(X)                                                                                   \
  X(ELEMENTWISE, convert)                                                                                    \
  X(ELEMENTWISE, activate_elements)                                                                          \
  X(ELEMENTWISE, combine)                                                                                    \
  X(ELEMENTWISE, to_bytes)                                                                                   \
  X(ELEMENTWISE, count_nonfinite)                                                                            \
  X(ELEMENTWISE, embed)                                                                                      \
  X(ELEMENTWISE, pack)                                                                                       \
  X(ELEMENTWISE, pack_bias)                                                                                  \
  X(NORM, layer_norm)                                                                                        \
  X(NORM, softmax)                                                                                           \
  X(NORM, group_stats)                                                                                       \
  X(NORM, group_factors)                                                                                     \
  X(NORM, normalise_1)                                                                                       \
  X(NORM, normalise_8)                                                                                       \
  X(PRODUCT_SIMPLE, product_simple)                                                                          \
  X(ATTENTION_SIMPLE, attention_simple)

// Tiles of products: rows, columns, warps along each, and how many sums a multiprocessor makes at once in
// comparison with the widest.
#define CK_CUDA_TILES(X)                                                                                     \
  X(128, 160, 2, 4, 1.00f)                                                                                   \
  X(128, 128, 2, 4, 0.97f)                                                                                   \
  X(128, 64, 4, 2, 0.85f)                                                                                    \
  X(64, 64, 2, 2, 0.75f)                                                                                     \
  X(128, 32, 4, 1, 0.60f)

// Head sizes attention is compiled for; others take the next larger.
#define CK_CUDA_HEADS(X) X(16) X(32) X(40) X(64) X(80) X(96) X(128) X(160) X(256) X(512)

#define CK_CUDA_KERNEL_NAME(module, name) CK_KERNEL_##name,
#define CK_CUDA_TILE_COUNT(rows, columns, row_warps, column_warps, rate) +1
#define CK_CUDA_HEAD_COUNT(size) +1
enum {
  CK_CUDA_KERNELS(CK_CUDA_KERNEL_NAME) CK_KERNEL_COUNT,
  CK_TILE_COUNT = CK_CUDA_TILES(CK_CUDA_TILE_COUNT),
  CK_HEAD_COUNT = CK_CUDA_HEADS(CK_CUDA_HEAD_COUNT),
  CK_BY_PRODUCTS = CK_TILE_COUNT, // cuBLASLt
  CK_BY_NETWORKS,                 // cuDNN
  CK_BY_OWN_ATTENTION,            // the own kernel
  CK_BY_NETWORK_ATTENTION,        // cuDNN's fused one
};

// A block of device memory that grows and is used again by each call; the stream keeps calls apart.
typedef struct ck_cuda_buffer {
  ck_cu_address memory;
  size_t bytes;
} ck_cuda_buffer;

// What was found fastest for a product or an attention of one shape.
typedef struct ck_cuda_choice {
  uint64_t key;
  int32_t kind; // a tile's index, or CK_BY_…, which the key tells apart
  // Of cuBLASLt its algorithm; of cuDNN the place in its list of engines and the engine's number.
  ck_lt_algorithm algorithm;
} ck_cuda_choice;

enum { CK_CHOICES = 1024, CK_RETIRED = 64, CK_TILE_FUNCTIONS = 3 };

struct ck_device {
  const ck_cuda_libraries *api;
  int ordinal, handle; // CUdevice
  ck_cu_context context;
  ck_cu_stream stream;
  ck_cu_event start, end; // for timing
  ck_cu_event pace[2];    // the ends of the last two graphs
  uint64_t launches;      // of graphs
  int major, minor, processors, shared_bytes, type;
  uint64_t memory_bytes;
  char name[128], bus[32], failure[512], cache[400];
  ck_nvml_device management; // null where libnvidia-ml is missing
  int broken;                // the driver's error after which nothing works any more
  int capturing;             // a graph is being recorded
  int graphs;                // that are alive
  ck_cu_module modules[8 + CK_TILE_COUNT + CK_HEAD_COUNT];
  int module_count;
  ck_cu_function functions[CK_KERNEL_COUNT];
  ck_cu_function tiles[CK_TILE_COUNT][CK_TILE_FUNCTIONS]; // linear, conv, product_join
  ck_cu_function heads[CK_HEAD_COUNT];
  ck_cuda_buffer workspace, staging, normalised;
  ck_cu_address retired[CK_RETIRED]; // outgrown buffers that graphs may still use
  int retired_count;
  ck_lt_handle products;
  ck_dnn_handle networks;
  int attends;                 // whether libcudnn is asked for attention too
  struct ck_cuda_plans *plans; // of cuDNN, made in this process
  int plan_count;
  ck_cuda_choice choices[CK_CHOICES];
  int choice_count, tunes;
  int next_tile;
  int prefers_libraries; // what a library proposes is taken untimed, for tests
  int only_tile; // the tile every product takes, for tests; −1: the fastest; CK_TILE_COUNT: each in turn
};

struct ck_weights {
  ck_cu_address weights, bias, narrow_bias; // [rows][taps][channel_stride], float32 [outputs], storage type
  int32_t outputs, inputs, kernel_h, kernel_w, gated;
  int32_t rows, channel_stride; // rows there are, channels of a tap with their padding
  uint64_t bytes;
};

// Makes the device current on this thread; every call of the table begins with it.
ck_status ck_cuda_enter(ck_device *device);
// What a driver's result means; remembers the text, and that the device is broken where it is.
ck_status ck_cuda_check(ck_device *device, int result, const char *what);
ck_status ck_cuda_fail(ck_device *device, ck_status status, const char *format, ...);

// At least `bytes` in `buffer`, contents lost.
ck_status ck_cuda_grow(ck_device *device, ck_cuda_buffer *buffer, size_t bytes);
void ck_cuda_free_retired(ck_device *device);

ck_status ck_cuda_function(ck_device *device, int kernel, ck_cu_function *function);
ck_status ck_cuda_tile_function(ck_device *device, int tile, int which, ck_cu_function *function);
ck_status ck_cuda_head_function(ck_device *device, int head_size, ck_cu_function *function, int *padded);

typedef struct ck_cuda_grid {
  uint32_t x, y, z, threads, shared_bytes;
} ck_cuda_grid;
ck_status ck_cuda_launch(ck_device *device, ck_cu_function function, ck_cuda_grid grid,
                         const void *parameters);
// One of CK_CUDA_KERNELS over `elements` elements, 256 to a block.
ck_status ck_cuda_launch_over(ck_device *device, int kernel, int64_t elements, const void *parameters);

static inline ck_cu_address ck_cuda_address(ck_operand operand) {
  return (ck_cu_address)(uintptr_t)operand.data;
}
static inline size_t ck_cuda_size(int32_t type) {
  return type == CK_F32 ? 4 : 2;
}

// The table.
ck_status ck_cuda_vitals(ck_device *device, ck_vitals *vitals);
ck_status ck_cuda_allocate(ck_device *device, size_t bytes, void **memory);
void ck_cuda_release(ck_device *device, void *memory);
ck_status ck_cuda_upload(ck_device *device, void *to, const void *from, size_t bytes);
ck_status ck_cuda_download(ck_device *device, void *to, const void *from, size_t bytes);
ck_status ck_cuda_copy(ck_device *device, void *to, const void *from, size_t bytes);
ck_status ck_cuda_convert(ck_device *device, ck_operand x, ck_operand out, int64_t elements);
ck_status ck_cuda_pack(ck_device *device, const ck_pack_call *call, ck_weights **weights);
void ck_cuda_release_weights(ck_device *device, ck_weights *weights);
uint64_t ck_cuda_weights_bytes(const ck_weights *weights);
ck_status ck_cuda_linear(ck_device *device, const ck_linear_call *call);
ck_status ck_cuda_conv(ck_device *device, const ck_conv_call *call);
ck_status ck_cuda_attention(ck_device *device, const ck_attention_call *call);
ck_status ck_cuda_group_norm(ck_device *device, const ck_group_norm_call *call);
ck_status ck_cuda_group_norm_factors(ck_device *device, const ck_group_norm_call *call);
ck_status ck_cuda_layer_norm(ck_device *device, const ck_layer_norm_call *call);
ck_status ck_cuda_softmax(ck_device *device, ck_operand x, ck_operand out, int64_t rows, int32_t columns);
ck_status ck_cuda_activate(ck_device *device, ck_operand x, ck_operand out, int64_t elements,
                           int32_t activation);
ck_status ck_cuda_add(ck_device *device, ck_operand a, ck_operand b, ck_operand out, int64_t elements);
ck_status ck_cuda_combine(ck_device *device, const ck_combine_call *call);
ck_status ck_cuda_scale_clamp(ck_device *device, const ck_scale_call *call);
ck_status ck_cuda_repeat(ck_device *device, ck_operand x, ck_operand out, int64_t elements, int32_t copies);
ck_status ck_cuda_timestep_embedding(ck_device *device, const ck_timestep_call *call);
ck_status ck_cuda_embedding(ck_device *device, const ck_embedding_call *call);
ck_status ck_cuda_to_bytes(ck_device *device, ck_operand x, void *out, int64_t elements);
ck_status ck_cuda_count_nonfinite(ck_device *device, ck_operand x, int64_t elements, uint64_t *count);
ck_status ck_cuda_record_begin(ck_device *device);
ck_status ck_cuda_record_end(ck_device *device, ck_graph **graph);
ck_status ck_cuda_replay(ck_device *device, ck_graph *graph);
void ck_cuda_release_graph(ck_device *device, ck_graph *graph);

// The norm that a convolution reads through, into `out` in the storage type.
ck_status ck_cuda_normalise(ck_device *device, ck_normalise_params params, int64_t rows);

// A product whose parameters are complete but for tile and split: by the fastest way.
ck_status ck_cuda_product(ck_device *device, ck_product_params *params, int convolves, int64_t image_rows,
                          ck_cu_address narrow_bias);
ck_status ck_cuda_run_tile(ck_device *device, const ck_product_params *params, int convolves, int tile);
// Whether libcublasLt can do it, and doing it; `out` and the rest as in `params`.
int ck_cuda_library_fits(const ck_device *device, const ck_product_params *params, int convolves);
int ck_cuda_library_choices(ck_device *device, const ck_product_params *params, ck_lt_algorithm *algorithms,
                            int most);
ck_status ck_cuda_library_product(ck_device *device, const ck_product_params *params,
                                  ck_cu_address narrow_bias, const ck_lt_algorithm *algorithm);

// Whether libcudnn may do a convolution; the engines it proposes; doing it by one of them.
int ck_cuda_network_fits(const ck_device *device, const ck_product_params *params, int convolves);
int ck_cuda_network_choices(ck_device *device, const ck_product_params *params, ck_cu_address narrow_bias,
                            ck_lt_algorithm *engines, int most);
ck_status ck_cuda_network_conv(ck_device *device, const ck_product_params *params, ck_cu_address narrow_bias,
                               const ck_lt_algorithm *engine);
void ck_cuda_free_plans(ck_device *device);
// The same of attention over `batch` pictures.
int ck_cuda_network_attends(const ck_device *device, const ck_attention_params *params);
uint64_t ck_cuda_attention_key(const ck_device *device, const ck_attention_params *params, int64_t batch);
int ck_cuda_network_attention_choices(ck_device *device, const ck_attention_params *params, int64_t batch,
                                      ck_lt_algorithm *engines, int most);
ck_status ck_cuda_network_attention(ck_device *device, const ck_attention_params *params, int64_t batch,
                                    const ck_lt_algorithm *engine);

// One way of doing something.
typedef ck_status (*ck_cuda_attempt)(ck_device *device, const void *what, const ck_cuda_choice *choice);
// Whether there may be timed now.
int ck_cuda_tunes(const ck_device *device);
// The place of the fastest of some ways, or −1 where none works.
int ck_cuda_fastest(ck_device *device, const ck_cuda_choice *list, int count, ck_cuda_attempt attempt,
                    const void *what);
void ck_cuda_keep_choice(ck_device *device, ck_cuda_choice choice);
ck_cuda_choice *ck_cuda_find_choice(ck_device *device, uint64_t key);
void ck_cuda_load_choices(ck_device *device);
void ck_cuda_save_choices(ck_device *device);

// Compiled modules by the hash of their text and options, in the device's cache folder. `load` gives
// malloc'ed memory or null.
void *ck_cuda_load_cached(const ck_device *device, uint64_t key, size_t *bytes);
void ck_cuda_save_cached(const ck_device *device, uint64_t key, const void *data, size_t bytes);
// Writes a file of the cache whole or not at all.
int ck_cuda_write_file(const ck_device *device, const char *name, const void *data, size_t bytes);
uint64_t ck_cuda_hash(uint64_t seed, const void *data, size_t bytes);

#endif
