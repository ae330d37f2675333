#ifndef ATELIER_X86_INT8_H
#define ATELIER_X86_INT8_H

// Weights and pixels as 8-bit integers, for the kernels that multiply them; such a kernel first says what a
// step, a group and a tile are.
//
// A pixel's inputs are low + factor·u with u in 0 … 255, found anew for every pixel; a column's weights are
// scale·q with q in −127 … 127. So a segment's sum is factor·Σuq + low·Σq, times the column's scale at the
// end; Σq stands behind the segment's weights. A block's weights lie as [inputs / 4][CK_BLOCK][4].

#include <immintrin.h>
#include <math.h>

enum {
  CK_INPUT_BYTES = 1,
  FOUR = 4, // inputs whose products one instruction adds up
  FOUR_BYTES = CK_BLOCK * FOUR,
  STEP_BYTES = CK_BLOCK * CK_STEP,
  SUMS_BYTES = CK_BLOCK * 4,
  TAIL_BYTES = 8, // the pixel's factor, then its lowest value
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

// Inputs `c` … + 15 of a pixel; lanes past the last repeat the first input, which changes no range.
CK_INLINE ck_v16 inputs_at(const ck_store *x, int32_t c, int32_t inputs) {
  const ck_i16 lane = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
  if (inputs - c >= CK_WIDTH)
    return ck_load16(x + c);
  return lane < inputs - c ? ck_load_part(x + c, inputs - c) : ck_splat(ck_load1(x));
}

CK_INLINE void narrow_pixel(char *to, const ck_store *x, int32_t inputs, int32_t depth) {
  ck_v16 low = ck_splat(ck_load1(x)), high = low;
  __mmask16 strange = 0;
  for (int32_t c = 0; c < inputs; c += CK_WIDTH) {
    __m512 part = (__m512)inputs_at(x, c, inputs);
    low = (ck_v16)_mm512_min_ps((__m512)low, part);
    high = (ck_v16)_mm512_max_ps((__m512)high, part);
    strange |= _mm512_cmp_ps_mask(part, part, _CMP_UNORD_Q);
  }
  float tail[2] = {0, _mm512_reduce_min_ps((__m512)low)};
  float range = _mm512_reduce_max_ps((__m512)high) - tail[1];
  tail[0] = strange ? NAN : range / 255.0f;
  float factor = range > 0 ? 255.0f / range : 0;
  memset(to + inputs, 0, (size_t)(depth - inputs));
  for (int32_t c = 0; c < inputs; c += CK_WIDTH) {
    int32_t left = inputs - c;
    __mmask16 mask = left >= CK_WIDTH ? 0xffff : (__mmask16)((1u << left) - 1);
    __m512i level = _mm512_cvtps_epi32((__m512)((inputs_at(x, c, inputs) - tail[1]) * factor));
    _mm_mask_storeu_epi8(to + c, mask,
                         _mm512_cvtusepi32_epi8(_mm512_max_epi32(level, _mm512_setzero_si512())));
  }
  memcpy(to + depth, tail, sizeof tail);
}

// Whether a layer is multiplied in the type activations have.
CK_INLINE int is_delicate(const ck_pack_call *call) {
  enum { FEW = 32 };
  return call->inputs < FEW || call->outputs < FEW;
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
  char *to =
      step_weights(w, block, step, segment_of(w, step)) + input % CK_STEP / FOUR * FOUR_BYTES + input % FOUR;
  int8_t levels[CK_BLOCK];
  _mm_storeu_si128((__m128i *)(void *)levels, _mm512_cvtsepi32_epi8(_mm512_cvtps_epi32((__m512)low)));
  _mm_storeu_si128((__m128i *)(void *)(levels + CK_WIDTH),
                   _mm512_cvtsepi32_epi8(_mm512_cvtps_epi32((__m512)high)));
  for (int l = 0; l < CK_BLOCK; l++)
    to[l * FOUR] = levels[l];
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
      for (int64_t i = 0; i < run * CK_STEP / FOUR; i++)
        for (int k = 0; k < FOUR; k++)
          sum += levels[i * FOUR_BYTES + l * FOUR + k];
      sums[l] = (float)sum;
    }
    step += run;
  }
}

// Adds one segment's products of one pixel; `tail` is what stands behind the pixel, `columns` are Σq.
CK_INLINE void add_products(float *sums, __m512i low, __m512i high, const char *tail, const char *columns,
                            int fresh) {
  float pixel[2];
  memcpy(pixel, tail, sizeof pixel);
  ck_v16 column0 = ck_load_f32((const float *)(const void *)columns);
  ck_v16 column1 = ck_load_f32((const float *)(const void *)columns + CK_WIDTH);
  ck_v16 old0 = fresh ? ck_splat(0) : ck_load_f32(sums), old1 = fresh ? old0 : ck_load_f32(sums + CK_WIDTH);
  ck_store_f32(sums, old0 + (ck_v16)_mm512_cvtepi32_ps(low) * pixel[0] + column0 * pixel[1]);
  ck_store_f32(sums + CK_WIDTH, old1 + (ck_v16)_mm512_cvtepi32_ps(high) * pixel[0] + column1 * pixel[1]);
}

static void multiply_segment(float *sums, const char *const *rows, int64_t stride, const ck_segment *segment,
                             const char *weights, int fresh);

static void multiply_tile(const ck_weights *w, float *sums, const char *const *rows, int64_t stride,
                          const ck_group *group, const ck_segment *segments, int32_t block, int32_t blocks) {
  (void)blocks;
  const char *weights = step_weights(w, block, group->step, group->first);
  for (int32_t s = group->first; s < group->first + group->count; s++) {
    multiply_segment(sums, rows, stride, &segments[s], weights, group->step == 0 && s == group->first);
    weights += (int64_t)segments[s].steps * STEP_BYTES + SUMS_BYTES;
  }
}

#endif
