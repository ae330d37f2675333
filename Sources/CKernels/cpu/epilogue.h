#ifndef ATELIER_CPU_EPILOGUE_H
#define ATELIER_CPU_EPILOGUE_H

// What follows the sums of a product, while they are still in the first cache:
// activation(sum + bias + channel_add) + residual; gated: value·gelu(gate) + residual.

#include "cpu/cpu.h"
#include "cpu/operands.h"

typedef struct ck_epilogue {
  const ck_store *channel_add; // optional, [images, columns]
  const ck_store *residual;    // optional, laid out as `out`
  ck_operand out;              // [rows, columns], float32 or as activations are stored
  int64_t rows_per_image;
  int32_t columns;
  int32_t activation, gated;
} ck_epilogue;

// Columns `column` … + count − 1 of output row `row`, count ≤ 16.
CK_INLINE void finish_vector(const ck_epilogue *e, ck_v16 y, int64_t row, int64_t column, int64_t count) {
  if (e->channel_add != NULL)
    y += ck_load_most(e->channel_add + row / e->rows_per_image * e->columns + column, count);
  y = ck_activate16(y, e->activation);
  int64_t at = row * e->columns + column;
  if (e->residual != NULL)
    y += ck_load_most(e->residual + at, count);
  ck_store_typed(e->out.data, e->out.type, at, y, count);
}

// Writes the sums [rows][CK_BLOCK] of one block; `out` says which output row each one is, or −1.
static void finish_tile(const ck_epilogue *e, const float *sums, const ck_weights *w, const int32_t *out,
                        int32_t rows, int32_t block) {
  const float *bias = w->bias + (int64_t)block * CK_BLOCK;
  ck_v16 bias0 = ck_load_f32(bias), bias1 = ck_load_f32(bias + CK_WIDTH);
  ck_v16 scale0 = ck_splat(1), scale1 = ck_splat(1);
  if (w->scale != NULL) {
    scale0 = ck_load_f32(w->scale + (int64_t)block * CK_BLOCK);
    scale1 = ck_load_f32(w->scale + (int64_t)block * CK_BLOCK + CK_WIDTH);
  }
  int64_t column = (int64_t)block * (e->gated ? CK_WIDTH : CK_BLOCK), left = e->columns - column;
  for (int32_t m = 0; m < rows; m++, sums += CK_BLOCK) {
    if (out[m] < 0)
      continue;
    ck_v16 y0 = ck_load_f32(sums) * scale0 + bias0, y1 = ck_load_f32(sums + CK_WIDTH) * scale1 + bias1;
    if (e->gated) {
      finish_vector(e, y0 * ck_gelu16(y1), out[m], column, left);
    } else {
      finish_vector(e, y0, out[m], column, left);
      if (left > CK_WIDTH)
        finish_vector(e, y1, out[m], column + CK_WIDTH, left - CK_WIDTH);
    }
  }
}

#endif
