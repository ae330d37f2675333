#ifndef ATELIER_X86_KERNEL_FP16_H
#define ATELIER_X86_KERNEL_FP16_H

// The half-precision product of AVX512-FP16: 12 rows × 64 columns in registers, twice the rate of float32.
//
// Sums are half precision over CHAIN products at most, then added to float32. An input is stored twice, as a
// pair, so that its broadcast is a plain load of 32 bits: one of 16 bits takes the port of a multiplication.
// Inputs lie within ±16 and weights within ±2, so a chain stays below 2048.

#include <immintrin.h>
#include <math.h>

enum {
  CK_TILE_ROWS = 12,
  CK_TILE_BLOCKS = 2,
  CK_STRIDED_ROWS = 1,
  CK_STEP = 1,
  CK_INPUT_BYTES = 4,
  CK_PIXEL_TAIL = 4, // the factor
  CK_GROUP = 192,    // 24 KiB of weights
  CK_CHUNK_ROWS = 384,
  CK_CHUNK_BYTES = 1024 * 1024,
  CHAIN = 64,
  STEP_BYTES = CK_BLOCK * 2,
};

#include "cpu/narrow.h"

static const ck_layout tier_layout = {.element = 2, .step = CK_STEP, .scaled = 1};

// 2^(3 − ⌊log₂ most⌋) brings `most` to 8 … 16, and its inverse; 1 where `most` is 0 or not finite.
CK_INLINE float bring_to_range(int32_t most_bits, float *inverse) {
  int32_t exponent = most_bits >> 23;
  if (most_bits == 0 || exponent == 255) {
    *inverse = 1;
    return 1;
  }
  exponent = exponent < 4 ? 4 : exponent;
  int32_t factor = (257 - exponent) << 23, back = (exponent - 3) << 23;
  float result;
  memcpy(&result, &factor, sizeof result);
  memcpy(inverse, &back, sizeof *inverse);
  return result;
}

// The first `count` of 16 lanes.
CK_INLINE __mmask16 lanes_below(int32_t count) {
  return count >= CK_WIDTH ? 0xffff : (__mmask16)((1u << count) - 1);
}

CK_INLINE __m256i halves_of(ck_v16 x) {
  return (__m256i)_mm512_cvtxps_ph((__m512)x);
}

// Each number in half precision, twice.
CK_INLINE __m512i pairs_of(ck_v16 x) {
  const __m512i twice = _mm512_set_epi16(15, 15, 14, 14, 13, 13, 12, 12, 11, 11, 10, 10, 9, 9, 8, 8, 7, 7, 6,
                                         6, 5, 5, 4, 4, 3, 3, 2, 2, 1, 1, 0, 0);
  return _mm512_permutexvar_epi16(twice, _mm512_castsi256_si512(halves_of(x)));
}

CK_INLINE __m512i larger_bits(__m512i most, ck_v16 x) {
  return _mm512_max_epi32(most, _mm512_and_si512((__m512i)x, _mm512_set1_epi32(0x7fffffff)));
}

// A step is one input, so `inputs` and `depth` are the same.
CK_INLINE void narrow_pixel(char *to, const float *x, int32_t inputs, int32_t depth) {
  (void)inputs;
  __m512i most = _mm512_setzero_si512();
  for (int32_t c = 0; c < depth; c += CK_WIDTH)
    most = larger_bits(most, ck_load_most(x + c, depth - c));
  float inverse, factor = bring_to_range(_mm512_reduce_max_epi32(most), &inverse);
  for (int32_t c = 0; c < depth; c += CK_WIDTH) {
    int32_t left = depth - c;
    _mm512_mask_storeu_epi32(to + c * CK_INPUT_BYTES, lanes_below(left),
                             pairs_of(ck_load_most(x + c, left) * factor));
  }
  memcpy(to + (int64_t)depth * CK_INPUT_BYTES, &inverse, sizeof inverse);
}

// A column's largest weight is brought to 1 … 2 by a power of two, which the epilogue takes back.
static void scale_columns(const ck_weights *w, const ck_pack_call *call, int64_t block, float *factors) {
  for (int32_t lane = 0; lane < CK_BLOCK; lane++) {
    float most = row_most(call, ck_source_row(w, block, lane)), inverse;
    int32_t bits;
    memcpy(&bits, &most, sizeof bits);
    factors[lane] = bring_to_range(bits, &inverse) * 0.125f;
    w->scale[block * CK_BLOCK + lane] = inverse * 8;
  }
}

CK_INLINE void put_weights(const ck_weights *w, int64_t block, int32_t tap, int32_t input, ck_v16 low,
                           ck_v16 high) {
  char *to = w->panels + block * (int64_t)w->block_bytes + ((int64_t)tap * w->depth + input) * STEP_BYTES;
  _mm256_storeu_si256((__m256i *)(void *)to, halves_of(low));
  _mm256_storeu_si256((__m256i *)(void *)(to + STEP_BYTES / 2), halves_of(high));
}

static void finish_block(const ck_weights *w, int64_t block) {
  (void)w, (void)block;
}

// Adds half-precision sums of one row and block, times the pixel's factor.
CK_INLINE void add_chain(float *sums, __m512h chain, __m512 factor, int fresh) {
  __m512 low = _mm512_cvtxph_ps(_mm512_castph512_ph256(chain));
  __m512 high = _mm512_cvtxph_ps((__m256h)_mm512_extractf64x4_pd((__m512d)chain, 1));
  __m512 old0 = fresh ? _mm512_setzero_ps() : _mm512_loadu_ps(sums);
  __m512 old1 = fresh ? _mm512_setzero_ps() : _mm512_loadu_ps(sums + CK_WIDTH);
  _mm512_storeu_ps(sums, _mm512_fmadd_ps(low, factor, old0));
  _mm512_storeu_ps(sums + CK_WIDTH, _mm512_fmadd_ps(high, factor, old1));
}

// Where a chain's sums go: floats between two rows and between two vectors of 32 columns.
typedef struct chain_sums {
  float *sums;
  int64_t row, vector;
} chain_sums;

// `count` ≤ CHAIN products of 12 rows with one or two vectors of columns, `apart` bytes apart.
CK_INLINE void multiply_chain(chain_sums to, const char *const *x, const float *const *factors,
                              const char *weights, int64_t apart, int32_t count, int fresh,
                              const int blocks) {
  __m512h chain[CK_TILE_ROWS][CK_TILE_BLOCKS];
#pragma clang loop unroll(full)
  for (int p = 0; p < CK_TILE_ROWS; p++)
#pragma clang loop unroll(full)
    for (int b = 0; b < blocks; b++)
      chain[p][b] = _mm512_setzero_ph();
  for (int64_t i = 0; i < count; i++, weights += STEP_BYTES) {
    __m512h w[CK_TILE_BLOCKS];
#pragma clang loop unroll(full)
    for (int b = 0; b < blocks; b++)
      w[b] = _mm512_loadu_ph(weights + b * apart);
#pragma clang loop unroll(full)
    for (int p = 0; p < CK_TILE_ROWS; p++) {
      int32_t pair;
      memcpy(&pair, x[p] + i * CK_INPUT_BYTES, sizeof pair);
      __m512h input = (__m512h)_mm512_set1_epi32(pair);
#pragma clang loop unroll(full)
      for (int b = 0; b < blocks; b++)
        chain[p][b] = _mm512_fmadd_ph(input, w[b], chain[p][b]);
    }
  }
#pragma clang loop unroll(full)
  for (int p = 0; p < CK_TILE_ROWS; p++)
#pragma clang loop unroll(full)
    for (int b = 0; b < blocks; b++)
      add_chain(to.sums + b * to.vector + p * to.row, chain[p][b], _mm512_set1_ps(*factors[p]), fresh);
}

CK_INLINE void multiply_blocks(const ck_weights *w, float *sums, const char *const *rows,
                               const ck_group *group, const ck_segment *segments, int32_t block,
                               const int blocks) {
  const char *weights = w->panels + block * (int64_t)w->block_bytes + group->step * STEP_BYTES;
  const chain_sums to = {sums, CK_BLOCK, CK_TILE_ROWS * CK_BLOCK};
  int fresh = group->step == 0;
  for (int32_t s = group->first; s < group->first + group->count; s++) {
    const char *x[CK_TILE_ROWS];
    const float *factors[CK_TILE_ROWS];
    for (int p = 0; p < CK_TILE_ROWS; p++) {
      x[p] = rows[p] + segments[s].offset;
      factors[p] = (const float *)(const void *)(rows[p] + segments[s].tail);
    }
    for (int32_t done = 0; done < segments[s].steps; done += CHAIN, fresh = 0) {
      int32_t left = segments[s].steps - done, count = left < CHAIN ? left : CHAIN;
      multiply_chain(to, x, factors, weights, (int64_t)w->block_bytes, count, fresh, blocks);
      weights += (int64_t)count * STEP_BYTES;
      for (int p = 0; p < CK_TILE_ROWS; p++)
        x[p] += count * CK_INPUT_BYTES;
    }
  }
}

static void multiply_tile(const ck_weights *w, float *sums, const char *const *rows, int64_t stride,
                          const ck_group *group, const ck_segment *segments, int32_t block, int32_t blocks) {
  (void)stride;
  if (blocks == 2)
    multiply_blocks(w, sums, rows, group, segments, block, 2);
  else
    multiply_blocks(w, sums, rows, group, segments, block, 1);
}

#endif
