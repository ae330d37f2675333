#ifndef ATELIER_X86_KERNEL_VNNI_H
#define ATELIER_X86_KERNEL_VNNI_H

// The 8-bit product of AVX512-VNNI: 12 rows × 32 columns in registers, four inputs at a time, four times the
// rate of float32.

#include <immintrin.h>
#include <stdint.h>

typedef uint8_t ck_input;
typedef int8_t ck_level;

#define MOST_INPUT 255.0f
#define MOST_LEVEL 127.0f

enum {
  TOGETHER = 4,
  CK_TILE_ROWS = 12,
  CK_TILE_BLOCKS = 1,
  CK_STRIDED_ROWS = 1,
  CK_STEP = 4,
  CK_PIXEL_TAIL = 8,
  CK_GROUP = 160, // 20 KiB of weights: 640 inputs
  CK_CHUNK_ROWS = 384,
  CK_CHUNK_BYTES = 512 * 1024,
};

#include "cpu/integers.h"

// One segment of 12 pixels.
static void multiply_segment(float *sums, const char *const *rows, int64_t stride, const ck_segment *segment,
                             const char *weights, int fresh) {
  (void)stride;
  __m512i sum[CK_TILE_ROWS][2];
  const char *x[CK_TILE_ROWS];
  for (int p = 0; p < CK_TILE_ROWS; p++) {
    x[p] = rows[p] + segment->offset;
    sum[p][0] = sum[p][1] = _mm512_setzero_si512();
  }
  for (int64_t i = 0; i < segment->steps; i++, weights += STEP_BYTES) {
    __m512i w0 = _mm512_loadu_si512(weights), w1 = _mm512_loadu_si512(weights + STEP_BYTES / 2);
    for (int p = 0; p < CK_TILE_ROWS; p++) {
      int32_t four;
      memcpy(&four, x[p] + i * CK_STEP, sizeof four);
      __m512i input = _mm512_set1_epi32(four);
      sum[p][0] = _mm512_dpbusd_epi32(sum[p][0], input, w0);
      sum[p][1] = _mm512_dpbusd_epi32(sum[p][1], input, w1);
    }
  }
  for (int p = 0; p < CK_TILE_ROWS; p++)
    for (int v = 0; v < 2; v++)
      add_products(sums + p * CK_BLOCK + v * CK_WIDTH, (ck_i16)sum[p][v], rows[p] + segment->tail,
                   weights + v * SUMS_BYTES / 2, fresh);
}

#endif
