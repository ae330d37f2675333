#ifndef ATELIER_PRODUCT_H
#define ATELIER_PRODUCT_H

// One tile of a product: CK_TILE rows × one block of columns. Linear, convolution and attention share it.

#include "reference.h"

// Adds to sums[CK_TILE][CK_BLOCK], rows `stride` apart, the products of `count` inputs of each row with
// panel[count][CK_BLOCK]. Every sum is one chain of additions over the inputs in order.
void ck_tile_accumulate(float *sums, int64_t stride, const float *const *rows, const float *panel,
                        int64_t count);

// What follows the sums of one tile.
typedef struct ck_epilogue {
  const float *bias;        // [CK_BLOCK]
  const float *channel_add; // optional, [batch, columns]
  const float *residual;    // optional, laid out as `out`
  float *out;               // [pixels, columns]
  int64_t pixels_per_image;
  int32_t columns, first, lanes; // this block's columns: first … first + lanes − 1
  int32_t activation, gated;
} ck_epilogue;

// Writes `count` ≤ CK_TILE pixels from `pixel` on.
void ck_tile_finish(float *sums, const ck_epilogue *epilogue, int64_t pixel, int32_t count);

#endif
