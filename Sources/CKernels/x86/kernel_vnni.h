#ifndef ATELIER_X86_KERNEL_VNNI_H
#define ATELIER_X86_KERNEL_VNNI_H

// The 8-bit product of AVX512-VNNI: 12 rows × 32 columns in registers, four inputs at a time, four times the
// rate of float32.
//
// A pixel's inputs are low + factor·u with u in 0 … 255, found anew for every pixel; a column's weights are
// scale·q with q in −127 … 127. So a segment's sum is factor·Σuq + low·Σq, times the column's scale at the
// end; Σq stands behind the segment's weights.

#include <immintrin.h>
#include <math.h>

enum {
  CK_TILE_ROWS = 12,
  CK_TILE_BLOCKS = 1,
  CK_STRIDED_ROWS = 1,
  CK_STEP = 4,
  CK_INPUT_BYTES = 1,
  CK_PIXEL_TAIL = 8, // the factor, then the lowest value
  CK_GROUP = 160,    // 20 KiB of weights: 640 inputs
  CK_CHUNK_ROWS = 384,
  CK_CHUNK_BYTES = 512 * 1024,
  STEP_BYTES = CK_BLOCK * CK_STEP,
  SUMS_BYTES = CK_BLOCK * 4,
};

#include "cpu/narrow.h"

// Which segment a step is in: one begins with each tap and with each group.
static int64_t segment_of(const ck_weights *w, int64_t step) {
  int64_t each = tap_steps(w), a = each, b = CK_GROUP;
  while (b != 0) {
    int64_t rest = a % b;
    a = b;
    b = rest;
  }
  return step / each + step / CK_GROUP - step / (each / a * CK_GROUP);
}
static size_t segment_sums_bytes(const ck_weights *w) {
  int64_t steps = tap_steps(w) * w->kernel_h * w->kernel_w;
  return (size_t)(segment_of(w, steps - 1) + 1) * SUMS_BYTES;
}

static const ck_layout tier_layout = {
    .element = 1, .step = CK_STEP, .scaled = 1, .block_extra = segment_sums_bytes};

// The weights of a step.
CK_INLINE char *step_weights(const ck_weights *w, int64_t block, int64_t step, int64_t segment) {
  return w->panels + block * (int64_t)w->block_bytes + step * STEP_BYTES + segment * SUMS_BYTES;
}

CK_INLINE void narrow_pixel(char *to, const float *x, int32_t depth) {
  ck_v16 low = ck_splat(x[0]), high = low;
  __mmask16 strange = 0;
  for (int32_t c = 0; c < depth; c += CK_WIDTH) {
    int32_t left = depth - c;
    __mmask16 mask = left >= CK_WIDTH ? 0xffff : (__mmask16)((1u << left) - 1);
    __m512 part = _mm512_mask_loadu_ps((__m512)ck_splat(x[0]), mask, x + c);
    low = (ck_v16)_mm512_min_ps((__m512)low, part);
    high = (ck_v16)_mm512_max_ps((__m512)high, part);
    strange |= _mm512_cmp_ps_mask(part, part, _CMP_UNORD_Q);
  }
  float tail[2] = {0, _mm512_reduce_min_ps((__m512)low)};
  float range = _mm512_reduce_max_ps((__m512)high) - tail[1];
  tail[0] = strange ? NAN : range / 255.0f;
  float factor = range > 0 ? 255.0f / range : 0;
  for (int32_t c = 0; c < depth; c += CK_WIDTH) {
    int32_t left = depth - c;
    __mmask16 mask = left >= CK_WIDTH ? 0xffff : (__mmask16)((1u << left) - 1);
    ck_v16 part = ((ck_v16)_mm512_maskz_loadu_ps(mask, x + c) - tail[1]) * factor;
    __m512i level = _mm512_cvtps_epi32((__m512)part);
    _mm_mask_storeu_epi8(to + c, mask,
                         _mm512_cvtusepi32_epi8(_mm512_max_epi32(level, _mm512_setzero_si512())));
  }
  memcpy(to + depth, tail, sizeof tail);
}

static void scale_columns(const ck_weights *w, const ck_pack_call *call, int64_t block, float *factors) {
  for (int32_t lane = 0; lane < CK_BLOCK; lane++) {
    float most = row_most(call, ck_source_row(w, block, lane));
    factors[lane] = most > 0 ? 127.0f / most : 0;
    w->scale[block * CK_BLOCK + lane] = most / 127.0f;
  }
}

CK_INLINE void put_weights(const ck_weights *w, int64_t block, int32_t tap, int32_t input, ck_v16 low,
                           ck_v16 high) {
  int64_t step = (int64_t)tap * tap_steps(w) + input / CK_STEP;
  char *to = step_weights(w, block, step, segment_of(w, step)) + input % CK_STEP;
  int8_t levels[CK_BLOCK];
  _mm_storeu_si128((__m128i *)(void *)levels, _mm512_cvtsepi32_epi8(_mm512_cvtps_epi32((__m512)low)));
  _mm_storeu_si128((__m128i *)(void *)(levels + CK_WIDTH),
                   _mm512_cvtsepi32_epi8(_mm512_cvtps_epi32((__m512)high)));
  for (int l = 0; l < CK_BLOCK; l++)
    to[l * CK_STEP] = levels[l];
}

// Σq of every segment and column.
static void finish_block(const ck_weights *w, int64_t block) {
  int64_t steps = tap_steps(w) * w->kernel_h * w->kernel_w;
  for (int64_t step = 0; step < steps;) {
    int64_t segment = segment_of(w, step), run = step_run(w, step), left = CK_GROUP - step % CK_GROUP;
    run = run < left ? run : left;
    const int8_t *levels = (const int8_t *)step_weights(w, block, step, segment);
    float *sums = (float *)(void *)(w->panels + block * (int64_t)w->block_bytes + (step + run) * STEP_BYTES +
                                    segment * SUMS_BYTES);
    for (int32_t l = 0; l < CK_BLOCK; l++) {
      int32_t sum = 0;
      for (int64_t i = 0; i < run; i++)
        for (int k = 0; k < CK_STEP; k++)
          sum += levels[i * STEP_BYTES + l * CK_STEP + k];
      sums[l] = (float)sum;
    }
    step += run;
  }
}

// One segment of 12 pixels.
CK_INLINE void multiply_segment(float *sums, const char *const *rows, const ck_segment *segment,
                                const char *weights, int fresh) {
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
  ck_v16 column0 = ck_load_f32((const float *)(const void *)weights);
  ck_v16 column1 = ck_load_f32((const float *)(const void *)weights + CK_WIDTH);
  for (int p = 0; p < CK_TILE_ROWS; p++, sums += CK_BLOCK) {
    float tail[2];
    memcpy(tail, rows[p] + segment->tail, sizeof tail);
    ck_v16 old0 = fresh ? ck_splat(0) : ck_load_f32(sums), old1 = fresh ? old0 : ck_load_f32(sums + CK_WIDTH);
    ck_store_f32(sums, old0 + (ck_v16)_mm512_cvtepi32_ps(sum[p][0]) * tail[0] + column0 * tail[1]);
    ck_store_f32(sums + CK_WIDTH, old1 + (ck_v16)_mm512_cvtepi32_ps(sum[p][1]) * tail[0] + column1 * tail[1]);
  }
}

static void multiply_tile(const ck_weights *w, float *sums, const char *const *rows, int64_t stride,
                          const ck_group *group, const ck_segment *segments, int32_t block, int32_t blocks) {
  (void)stride, (void)blocks;
  const char *weights = step_weights(w, block, group->step, group->first);
  for (int32_t s = group->first; s < group->first + group->count; s++) {
    multiply_segment(sums, rows, &segments[s], weights, group->step == 0 && s == group->first);
    weights += (int64_t)segments[s].steps * STEP_BYTES + SUMS_BYTES;
  }
}

#endif
