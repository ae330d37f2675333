#ifndef ATELIER_CUDA_PARAMS_H
#define ATELIER_CUDA_PARAMS_H

// What each kernel is told, one struct a kernel: shared by the host's C and the device's C++, so it uses
// nothing but basic types. Addresses are the device's; 0 where an optional operand is absent. Types are
// CK_F32 and so on.

typedef unsigned long long ck_address;

enum { CK_SIMPLE_TILE = 64, CK_K_BLOCK = 32, CK_ROW_WARPS = 8 };

// out[i] = x[i], by type.
typedef struct ck_convert_params {
  ck_address x, out;
  long long elements;
  int x_type, out_type;
} ck_convert_params;

typedef struct ck_activate_params {
  ck_address x, out;
  long long elements;
  int x_type, out_type, activation;
} ck_activate_params;

// out = clamp(Σ coefficient·x + shift)
typedef struct ck_combine_params {
  ck_address x[4], out;
  long long elements;
  float coefficient[4];
  float shift, low, high;
  int x_type[4];
  int out_type, count;
} ck_combine_params;

typedef struct ck_bytes_params {
  ck_address x, out;
  long long elements;
  int x_type;
} ck_bytes_params;

// `out`: one 64-bit count, zero before.
typedef struct ck_count_params {
  ck_address x, out;
  long long elements;
  int x_type;
} ck_count_params;

typedef struct ck_embedding_params {
  ck_address ids, tokens, positions, out;
  int rows, length, columns;
} ck_embedding_params;

// File weights [outputs, inputs, taps] to [outputs][taps][channels], channels = inputs padded with zeros.
// Gated: row 2j is value j, row 2j + 1 its gate.
typedef struct ck_pack_params {
  ck_address weight, out;
  long long elements; // of out
  int weight_type, outputs, inputs, taps, channels, gated;
} ck_pack_params;

// The same for biases: float32, and in the storage type where `narrow` is given.
typedef struct ck_pack_bias_params {
  ck_address bias, out, narrow; // bias may be 0: zeros
  int bias_type, outputs, gated;
} ck_pack_bias_params;

typedef struct ck_row_params {
  ck_address x, scale, shift, out; // scale, shift: float32, optional
  long long rows;
  int columns;
  float epsilon;
} ck_row_params;

// Partial statistics of one chunk of pixels: [batch][groups][chunks] of {mean, sum of squared deviations}.
typedef struct ck_group_stats_params {
  ck_address x1, x2, out;
  long long pixels;
  int channels1, channels2, groups, chunks, chunk_pixels, lanes;
} ck_group_stats_params;

// From the partial statistics to what multiplies and is added: float32 [batch, channels] each.
typedef struct ck_group_factors_params {
  ck_address stats, scale, shift;          // of the norm: scale, shift float32 [channels]
  ck_address center, out_scale, out_shift; // center 0: folded into out_shift
  long long pixels;
  int channels, groups, chunks, chunk_pixels;
  float epsilon;
} ck_group_factors_params;

// out[.., channels1 + channels2] = activation((x − center)·scale + shift)
typedef struct ck_normalise_params {
  ck_address x1, x2, center, scale, shift, out;
  long long pixels, vectors; // of one picture; of all: rows·channels/width
  int channels1, channels2, activation;
} ck_normalise_params;

// A product with weights: rows are output pixels of a convolution, or rows of a matrix.
typedef struct ck_product_params {
  ck_address x1, x2, weights, bias, channel_add, residual, out;
  ck_address partial; // float32 [splits][rows][columns] where the sum is split
  long long rows;
  int columns;                              // of the product before gating
  int weight_rows;                          // rows there are in `weights`
  int k_blocks, channel_blocks;             // blocks of CK_K_BLOCK: of the whole sum, of one tap
  int channels1, channels2, channel_stride; // stride: channels of one tap in `weights`
  int taps, kernel_w;
  int source_height, source_width, in_height, in_width, out_height, out_width;
  int stride, pad_top, pad_left;
  int activation, gated, out_type, splits;
} ck_product_params;

typedef struct ck_attention_params {
  ck_address q, k, v, out;
  long long q_stride, k_stride, v_stride;
  int queries, keys, heads, head_size, causal, aligned;
  float scale;
} ck_attention_params;

#endif
