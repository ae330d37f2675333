#ifndef ATELIER_X86_KERNEL_DPBF16_H
#define ATELIER_X86_KERNEL_DPBF16_H

// The VDPBF16PS product: 12 rows × 32 columns in registers, a pair of inputs at a time. Twice the rate of
// float32 where the processor has two such units of full width (AMD from Zen 4 on).

#include "x86/layout_bf16.h"

enum {
  CK_TILE_ROWS = 12,
  CK_STRIDED_ROWS = 1,
  CK_GROUP = 8, // 16 KiB of weights
  CK_CHUNK_ROWS = 384,
  CK_CHUNK_BYTES = 256 * 1024,
};

static void multiply_tile(const ck_weights *w, float *sums, const char *const *rows, int64_t stride,
                          const ck_group *group, const ck_segment *segments, int32_t block, int32_t blocks) {
  (void)blocks;
  (void)stride;
  const char *weights = step_weights(w, block, group->step);
  __m512 sum[CK_TILE_ROWS][2];
  for (int p = 0; p < CK_TILE_ROWS; p++)
    for (int v = 0; v < 2; v++)
      sum[p][v] =
          group->step == 0 ? _mm512_setzero_ps() : _mm512_loadu_ps(sums + p * CK_BLOCK + v * CK_WIDTH);
  for (int32_t s = group->first; s < group->first + group->count; s++) {
    const char *x[CK_TILE_ROWS];
    for (int p = 0; p < CK_TILE_ROWS; p++)
      x[p] = rows[p] + segments[s].offset;
    for (int32_t i = 0; i < segments[s].steps; i++, weights += CK_STEP_BYTES / 2)
      for (int32_t pair = 0; pair < CK_STEP / 2; pair++, weights += 64) {
        __m512bh w0 = (__m512bh)_mm512_loadu_si512(weights);
        __m512bh w1 = (__m512bh)_mm512_loadu_si512(weights + CK_STEP_BYTES / 2);
        for (int p = 0; p < CK_TILE_ROWS; p++) {
          int32_t both;
          memcpy(&both, x[p] + (i * CK_STEP / 2 + pair) * 4, sizeof both);
          __m512bh input = (__m512bh)_mm512_set1_epi32(both);
          sum[p][0] = _mm512_dpbf16_ps(sum[p][0], input, w0);
          sum[p][1] = _mm512_dpbf16_ps(sum[p][1], input, w1);
        }
      }
  }
  for (int p = 0; p < CK_TILE_ROWS; p++)
    for (int v = 0; v < 2; v++)
      _mm512_storeu_ps(sums + p * CK_BLOCK + v * CK_WIDTH, sum[p][v]);
}

#endif
