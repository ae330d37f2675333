#ifndef ATELIER_CKERNELS_H
#define ATELIER_CKERNELS_H

#include <stddef.h>
#include <stdint.h>

// The kernel table: the whole of what the engine asks of a device, in C, so that a backend can be plain C,
// intrinsics, or a library opened at run time. A backend is one constant `ck_backend`; the registry lists
// those built into this binary.
//
// Rules that hold for every function:
// - It returns CK_OK (0) or a ck_status, and then has written nothing that the caller may use.
// - Activations are NHWC, dense, row-major. Sizes are in elements unless a name says bytes.
// - A device is used by one thread at a time. Calls may return before the work is done (an accelerator's
// queue);
//   calls on one device take effect in order, and only ck_backend.download, .count_nonfinite and .synchronize
//   wait.
// - `out` may be the same memory as `residual` or as the one input of an element-wise operation; no other
// overlap.
// - The same call on the same host gives the same bytes, whatever the thread count.

#ifdef __cplusplus
extern "C" {
#endif

#ifdef __clang__
#pragma clang assume_nonnull begin
#define CK_NULLABLE _Nullable
#else
#define CK_NULLABLE
#endif

#define CK_ABI_VERSION 4

typedef int32_t ck_status;
enum {
  CK_OK = 0,
  CK_OUT_OF_MEMORY = 1,  // memory of the host or device is exhausted
  CK_BAD_ARGUMENT = 2,   // a size or combination that no backend serves
  CK_UNSUPPORTED = 3,    // this backend does not serve this call
  CK_UNAVAILABLE = 4,    // the device or its driver is absent
  CK_DEVICE_FAILED = 5,  // the device reported an error; close it
  CK_THREADS_FAILED = 6, // threads could not be started
  CK_CALL_FAILED = 7,    // the device refused this call and goes on
};

// Element types of weights in files and of operands.
enum { CK_F32 = 0, CK_F16 = 1, CK_BF16 = 2 };
// The type of a product's factors may also be integers.
enum { CK_I8 = 3, CK_I16 = 4 };

enum {
  CK_ACTIVATION_NONE = 0,
  CK_ACTIVATION_SILU = 1,       // x·sigmoid(x)
  CK_ACTIVATION_GELU = 2,       // x·Φ(x), the exact form with erf
  CK_ACTIVATION_QUICK_GELU = 3, // x·sigmoid(1.702x)
};

// What open() is told about arithmetic: FULL computes in float32; AUTO lets the backend take its fastest type
// that keeps a picture within 30 dB of float32; INT8 multiplies 8-bit integers in convolutions and linear
// layers, or 16-bit ones where a processor has no others; BF16 stores and multiplies bfloat16, which has
// float32's range. A backend that cannot says CK_UNSUPPORTED.
enum { CK_PRECISION_FULL = 0, CK_PRECISION_AUTO = 1, CK_PRECISION_INT8 = 2, CK_PRECISION_BF16 = 3 };

typedef struct ck_device ck_device;   // an open device
typedef struct ck_weights ck_weights; // weights packed into a backend's layout
typedef struct ck_graph ck_graph;     // recorded calls

// A tensor in device memory. `data` is an address of the backend: it may be offset, but only the backend
// reads it.
typedef struct ck_operand {
  void *CK_NULLABLE data; // null where an optional operand is absent
  int32_t type;           // CK_F32 …; ck_device_info.activation_type unless the operation says float32
} ck_operand;

typedef struct ck_device_info {
  char name[128];          // for people, UTF-8, ends in 0
  int32_t threads;         // host threads that compute
  int32_t activation_type; // the type in which this device wants activations
  uint64_t memory_bytes;   // what a caller may plan with; 0 = unknown
  int32_t product_type;    // what convolutions and linear layers multiply: CK_F32 … CK_I16
} ck_device_info;

// How a device is now, whoever uses it.
typedef struct ck_vitals {
  uint64_t memory_used, memory_total; // bytes
  int32_t busy_percent;               // of the last moments, 0…100; −1 = unknown
} ck_vitals;

typedef struct ck_open_options {
  int32_t threads;   // 0 = one per physical core
  int32_t precision; // CK_PRECISION_…
  int32_t ordinal;   // which device of the backend, from 0
  int32_t invariant; // whether a row must come out the same, bit by bit, in a batch of any size
} ck_open_options;

// Weights as they are in a file (little endian): [outputs, inputs, kernel_h, kernel_w]; linear: kernel 1×1.
typedef struct ck_pack_call {
  const void *weight;
  int32_t weight_type;
  const void *CK_NULLABLE bias; // [outputs]
  int32_t bias_type;
  int32_t outputs, inputs, kernel_h, kernel_w;
  int32_t gated; // 1: GEGLU, outputs = 2·n: n values then n gates; the product has n columns. Linear only.
} ck_pack_call;

// out[rows, n] = activation(x[rows, inputs]·Wᵀ + bias) + residual;
// gated weights: out[rows, n] = value·gelu(gate) + residual.
typedef struct ck_linear_call {
  ck_operand x, residual, out; // residual optional
  const ck_weights *weights;
  int64_t rows;
  int32_t activation;
} ck_linear_call;

// Convolution (cross-correlation, as in every framework) over [batch, height, width, channels]:
// out = activation(conv(concat(x1, x2)) + bias + channel_add) + residual.
// The input seen by the kernel is the source enlarged by nearest neighbour to in_height×in_width
// (source row = floor(row·source_height/in_height)), padded with zeros. Output size:
// (in + pad before + pad after − kernel)/stride + 1.
// With input_scale and input_shift the kernel reads input_activation(x·scale + shift) instead of x, and zeros
// in the padding: a group norm without a pass of its own. `out` may be float32 whatever activations are.
typedef struct ck_conv_call {
  ck_operand x1, x2;        // x2 optional: channels after x1's
  ck_operand input_scale;   // optional, float32 [batch, channels1 + channels2]
  ck_operand input_shift;   // present with input_scale
  ck_operand channel_add;   // optional, [batch, outputs]
  ck_operand residual, out; // residual optional
  const ck_weights *weights;
  int32_t batch, channels1, channels2;
  int32_t source_height, source_width, in_height, in_width;
  int32_t stride, pad_top, pad_left, pad_bottom, pad_right;
  int32_t input_activation; // NONE or SILU
  int32_t activation;
} ck_conv_call;

// Group normalisation over each (batch, group) of concat(x1, x2), then scale·x + shift, then the activation.
typedef struct ck_group_norm_call {
  ck_operand x1, x2, scale, shift, out; // x2 optional; scale, shift float32 [channels1 + channels2]
  int32_t batch, channels1, channels2, groups;
  int64_t pixels;
  float epsilon;
  int32_t activation; // NONE or SILU
} ck_group_norm_call;

typedef struct ck_layer_norm_call {
  ck_operand x, scale, shift, out; // scale, shift float32 [columns], both optional
  int64_t rows;
  int32_t columns;
  float epsilon;
} ck_layer_norm_call;

// out[b, i, h·d + …] = Σ_j softmax_j(scale·q_i·k_j) v_j per head. Rows of q, k, v are `*_stride` elements
// apart, so that they can be columns of one product. Causal: query i sees keys j ≤ i.
typedef struct ck_attention_call {
  ck_operand q, k, v, out; // q [batch, queries], k and v [batch, keys], out [batch, queries, heads·head_size]
  int32_t batch, queries, keys, heads, head_size; // head_size 1…512
  int64_t q_stride, k_stride, v_stride;
  float scale;
  int32_t causal;
} ck_attention_call;

// out = Σ coefficient[i]·x[i], 1 ≤ count ≤ 4; float32 operands are always served.
typedef struct ck_combine_call {
  ck_operand x[4], out;
  float coefficient[4];
  int32_t count;
  int64_t elements;
} ck_combine_call;

// out = min(max(x·scale + shift, low), high)
typedef struct ck_scale_call {
  ck_operand x, out;
  int64_t elements;
  float scale, shift, low, high;
} ck_scale_call;

// out[rows, dimension] float32: sin and cos of timestep[i]·exp(−ln(10000)·j/(dimension/2 −
// downscale_freq_shift)).
typedef struct ck_timestep_call {
  const float *timesteps; // host memory [rows]
  ck_operand out;
  int32_t rows, dimension, flip_sin_to_cos;
  float downscale_freq_shift;
} ck_timestep_call;

// out[row] = tokens[id[row]] + positions[row mod length]; ids outside [0, vocabulary) are CK_BAD_ARGUMENT.
typedef struct ck_embedding_call {
  const int32_t *ids;                // host memory [rows]
  ck_operand tokens, positions, out; // positions optional
  int32_t rows, length, columns, vocabulary;
} ck_embedding_call;

typedef struct ck_backend {
  uint32_t abi_version; // CK_ABI_VERSION
  const char *name;     // "reference", "cpu", "cuda": what a user types

  // Whether a device is present; writes why not into `reason` (may be 0 bytes).
  ck_status (*probe)(char *reason, size_t reason_bytes);
  ck_status (*open)(const ck_open_options *options, ck_device *CK_NULLABLE *_Nonnull device);
  void (*close)(ck_device *device); // after all its memory and weights are freed
  ck_status (*describe)(ck_device *device, ck_device_info *info);
  // Writes more about the last failure on this device, or an empty text.
  void (*failure)(ck_device *device, char *text, size_t text_bytes);
  ck_status (*synchronize)(ck_device *device);
  // Unlike all others, by any thread at any time; absent where a device has no memory of its own.
  ck_status (*CK_NULLABLE vitals)(ck_device *device, ck_vitals *vitals);

  // Memory: aligned to 64 bytes at least.
  ck_status (*allocate)(ck_device *device, size_t bytes, void *CK_NULLABLE *_Nonnull memory);
  void (*release)(ck_device *device, void *memory);
  ck_status (*upload)(ck_device *device, void *to, const void *from_host, size_t bytes);
  ck_status (*download)(ck_device *device, void *to_host, const void *from, size_t bytes);
  ck_status (*copy)(ck_device *device, void *to, const void *from, size_t bytes);
  // Element types: out[i] = x[i].
  ck_status (*convert)(ck_device *device, ck_operand x, ck_operand out, int64_t elements);

  // Weights.
  ck_status (*pack)(ck_device *device, const ck_pack_call *call, ck_weights *CK_NULLABLE *_Nonnull weights);
  void (*release_weights)(ck_device *device, ck_weights *weights);
  uint64_t (*weights_bytes)(const ck_weights *weights);

  // Products.
  ck_status (*linear)(ck_device *device, const ck_linear_call *call);
  ck_status (*conv)(ck_device *device, const ck_conv_call *call);
  ck_status (*attention)(ck_device *device, const ck_attention_call *call);

  // Normalisation.
  ck_status (*group_norm)(ck_device *device, const ck_group_norm_call *call);
  // What group_norm would multiply by and add, for a convolution to apply as it reads: `out` is float32
  // [2, batch, channels], scales then shifts. The call's activation is not looked at.
  ck_status (*group_norm_factors)(ck_device *device, const ck_group_norm_call *call);
  ck_status (*layer_norm)(ck_device *device, const ck_layer_norm_call *call);
  ck_status (*softmax)(ck_device *device, ck_operand x, ck_operand out, int64_t rows, int32_t columns);

  // Element by element.
  ck_status (*activate)(ck_device *device, ck_operand x, ck_operand out, int64_t elements,
                        int32_t activation);
  ck_status (*add)(ck_device *device, ck_operand a, ck_operand b, ck_operand out, int64_t elements);
  ck_status (*combine)(ck_device *device, const ck_combine_call *call);
  ck_status (*scale_clamp)(ck_device *device, const ck_scale_call *call);
  // out = `copies` times x, one after another
  ck_status (*repeat)(ck_device *device, ck_operand x, ck_operand out, int64_t elements, int32_t copies);
  ck_status (*timestep_embedding)(ck_device *device, const ck_timestep_call *call);
  ck_status (*embedding)(ck_device *device, const ck_embedding_call *call);

  // Pictures: bytes out[i] = round_half_even(clamp(x[i]/2 + 0.5, 0, 1)·255), `out` is device memory.
  ck_status (*to_bytes)(ck_device *device, ck_operand x, void *out, int64_t elements);
  // How many elements are infinite or not a number; waits.
  ck_status (*count_nonfinite)(ck_device *device, ck_operand x, int64_t elements, uint64_t *count);

  // Recording, where the backend has it: all four are there or none. Between record_begin and record_end
  // calls are noted, not done; each must have been made once before with the same sizes, and what waits or
  // takes host memory is an error. replay does them again on the same addresses, in order with other calls,
  // and may wait until at most two replays are under way. After an error record_end gives no graph.
  ck_status (*CK_NULLABLE record_begin)(ck_device *device);
  ck_status (*CK_NULLABLE record_end)(ck_device *device, ck_graph *CK_NULLABLE *_Nonnull graph);
  ck_status (*CK_NULLABLE replay)(ck_device *device, ck_graph *graph);
  void (*CK_NULLABLE release_graph)(ck_device *device, ck_graph *graph);
} ck_backend;

// The backends built into this binary, best first.
size_t ck_backend_count(void);
const ck_backend *CK_NULLABLE ck_backend_at(size_t index);

// Multiply-adds from registers that the host's processor was seen to do at best, two operations each, for
// benchmarks to be measured against.
typedef struct ck_peaks {
  double f32_flops_per_second;
  // Each 0 without instructions that a tier here uses.
  double f16_flops_per_second;
  double bf16_flops_per_second; // sums in float32
  double i8_ops_per_second;     // sums in 32-bit integers
  double i16_ops_per_second;    // the same
} ck_peaks;

// Takes about a quarter of a second on `threads` threads, 1 to 256.
ck_status ck_measure_peaks(int32_t threads, ck_peaks *peaks);

// Bytes per second, read plus written, of a copy that reads half of `bytes` and writes the other half, at
// least 128 and at most 2³²: from caches where they hold it, as operations on tensors of that size are.
ck_status ck_measure_copy(int32_t threads, int64_t bytes, double *bytes_per_second);

// An English text for a status, static.
const char *ck_status_text(ck_status status);

#ifdef __clang__
#pragma clang assume_nonnull end
#endif

#ifdef __cplusplus
}
#endif

#endif
