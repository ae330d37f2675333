#ifndef ATELIER_CPU_TILE_F32_H
#define ATELIER_CPU_TILE_F32_H

// The register tile of float32 products: CK_F32_ROWS rows times one or two vectors of columns. A tier defines
// CK_F32_ROWS and CK_F32_VECTORS so that the sums, the weights and one input fill its registers.

#include "cpu/simd.h"

typedef struct ck_tile {
  ck_v16 sum[CK_F32_ROWS][CK_F32_VECTORS];
} ck_tile;

CK_INLINE void tile_zero(ck_tile *tile, int vectors) {
  for (int p = 0; p < CK_F32_ROWS; p++)
    for (int v = 0; v < vectors; v++)
      tile->sum[p][v] = ck_splat(0);
}
CK_INLINE void tile_load(ck_tile *tile, const float *from, int64_t stride, int vectors) {
  for (int p = 0; p < CK_F32_ROWS; p++)
    for (int v = 0; v < vectors; v++)
      tile->sum[p][v] = ck_load_f32(from + p * stride + v * CK_WIDTH);
}
CK_INLINE void tile_store(const ck_tile *tile, float *to, int64_t stride, int vectors) {
  for (int p = 0; p < CK_F32_ROWS; p++)
    for (int v = 0; v < vectors; v++)
      ck_store_f32(to + p * stride + v * CK_WIDTH, tile->sum[p][v]);
}

// Adds `count` products: row p's input i times weights[i·step + v·apart …]. One chain of additions a sum.
CK_INLINE void tile_accumulate(ck_tile *tile, const float *const *x, const float *weights, int64_t step,
                               int64_t apart, int64_t count, int vectors) {
  for (int64_t i = 0; i < count; i++, weights += step) {
    ck_v16 w[CK_F32_VECTORS];
    for (int v = 0; v < vectors; v++)
      w[v] = ck_load_f32(weights + v * apart);
    for (int p = 0; p < CK_F32_ROWS; p++)
      for (int v = 0; v < vectors; v++)
        tile->sum[p][v] += x[p][i] * w[v];
  }
}

#endif
