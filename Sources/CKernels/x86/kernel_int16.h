#ifndef ATELIER_X86_KERNEL_INT16_H
#define ATELIER_X86_KERNEL_INT16_H

// The product of 16-bit integers of AVX2: 6 rows × 16 columns in registers, two inputs at a time, up to twice
// the rate of float32. VPMADDWD's sums have 32 bits, so inputs have 12 and weights less than 12:
// 4095·1638·320 of the longest segment is just below 2³¹. VPMADDUBSW would take 8 bits at no higher rate: it
// saturates, so it could not go without a second product to widen its sums.

#include <immintrin.h>
#include <stdint.h>

typedef uint16_t ck_input;
typedef int16_t ck_level;

#define MOST_INPUT 4095.0f
#define MOST_LEVEL 1638.0f

enum {
  TOGETHER = 2,
  CK_TILE_ROWS = 6,
  CK_TILE_BLOCKS = 1,
  CK_STRIDED_ROWS = 1,
  CK_STEP = 2,
  CK_PIXEL_TAIL = 8,
  CK_GROUP = 160, // 20 KiB of weights: 320 inputs
  CK_CHUNK_ROWS = 384,
  CK_CHUNK_BYTES = 256 * 1024,
};

#include "cpu/integers.h"

// One segment of 6 pixels with half a block, 16 columns: 12 sums, 2 of weights, an input, a product.
CK_INLINE void multiply_half(float *sums, const char *const *rows, const ck_segment *segment,
                             const char *weights, const char *columns, int fresh) {
  __m256i sum[CK_TILE_ROWS][2];
  const char *x[CK_TILE_ROWS];
  for (int p = 0; p < CK_TILE_ROWS; p++) {
    x[p] = rows[p] + segment->offset;
    sum[p][0] = sum[p][1] = _mm256_setzero_si256();
  }
  for (int64_t i = 0; i < segment->steps; i++, weights += STEP_BYTES) {
    __m256i w0 = _mm256_loadu_si256((const __m256i *)(const void *)weights);
    __m256i w1 = _mm256_loadu_si256((const __m256i *)(const void *)(weights + STEP_BYTES / 4));
    for (int p = 0; p < CK_TILE_ROWS; p++) {
      int32_t two;
      memcpy(&two, x[p] + i * CK_STEP * CK_INPUT_BYTES, sizeof two);
      __m256i input = _mm256_set1_epi32(two);
      sum[p][0] = _mm256_add_epi32(sum[p][0], _mm256_madd_epi16(input, w0));
      sum[p][1] = _mm256_add_epi32(sum[p][1], _mm256_madd_epi16(input, w1));
    }
  }
  for (int p = 0; p < CK_TILE_ROWS; p++) {
    ck_i16 product;
    memcpy(&product, sum[p], sizeof product);
    add_products(sums + p * CK_BLOCK, product, rows[p] + segment->tail, columns, fresh);
  }
}

static void multiply_segment(float *sums, const char *const *rows, int64_t stride, const ck_segment *segment,
                             const char *weights, int fresh) {
  (void)stride;
  const char *columns = weights + (int64_t)segment->steps * STEP_BYTES;
  multiply_half(sums, rows, segment, weights, columns, fresh);
  multiply_half(sums + CK_WIDTH, rows, segment, weights + STEP_BYTES / 2, columns + SUMS_BYTES / 2, fresh);
}

#endif
