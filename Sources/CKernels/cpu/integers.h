#ifndef ATELIER_INTEGERS_H
#define ATELIER_INTEGERS_H

// Weights and pixels as integers, for the kernels that multiply them. Such a kernel first says what a step, a
// group and a tile are, what integers it takes (ck_input, ck_level) and how many of a column's products one
// instruction adds up (TOGETHER).
//
// A pixel's inputs are low + factor·u with u in 0 … MOST_INPUT, found anew for every pixel; a column's
// weights are scale·q with q in −MOST_LEVEL … MOST_LEVEL. So a segment's sum is factor·Σuq + low·Σq, times
// the column's scale at the end; Σq stands behind the segment's weights. A block's weights lie as [inputs /
// TOGETHER][CK_BLOCK][TOGETHER].

#include "CKernels.h"
#include "host/packing.h"

#include <math.h>

enum {
  CK_INPUT_BYTES = sizeof(ck_input),
  TOGETHER_BYTES = CK_BLOCK * TOGETHER * sizeof(ck_level),
  STEP_BYTES = CK_BLOCK * CK_STEP * sizeof(ck_level),
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
    .element = sizeof(ck_level), .step = CK_STEP, .scaled = 1, .block_extra = segment_sums_bytes};

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

// To the nearest integer, ties to even, for |x| < 2²².
CK_INLINE ck_v16 to_whole(ck_v16 x) {
  const ck_v16 rounder = ck_splat(12582912.0f);
  return x + rounder - rounder;
}

typedef ck_input ck_inputs __attribute__((ext_vector_type(16)));
typedef ck_level ck_levels __attribute__((ext_vector_type(16)));

// The factor, then the lowest value, go into the pixel's tail.
CK_INLINE void narrow_pixel(char *to, const ck_store *x, int32_t inputs, int32_t depth) {
  ck_v16 low = ck_splat(ck_load1(x)), high = low;
  ck_i16 strange = 0;
  for (int32_t c = 0; c < inputs; c += CK_WIDTH) {
    ck_v16 part = inputs_at(x, c, inputs);
    low = ck_min(low, part);
    high = ck_max(high, part);
    strange |= part != part;
  }
  float tail[2] = {0, -ck_max_lanes(-low)};
  float range = ck_max_lanes(high) - tail[1];
  tail[0] = ck_any_lane(strange) ? NAN : range / MOST_INPUT;
  float factor = range > 0 ? MOST_INPUT / range : 0;
  memset(to + inputs * (int64_t)sizeof(ck_input), 0, (size_t)(depth - inputs) * sizeof(ck_input));
  for (int32_t c = 0; c < inputs; c += CK_WIDTH) {
    int32_t left = inputs - c;
    ck_v16 level = to_whole((inputs_at(x, c, inputs) - tail[1]) * factor);
    // What is not a number becomes 0 here; the tail says what it was.
    ck_inputs narrow =
        __builtin_convertvector(ck_min(ck_max(level, ck_splat(0)), ck_splat(MOST_INPUT)), ck_inputs);
    memcpy(to + c * (int64_t)sizeof(ck_input), &narrow,
           (size_t)(left < CK_WIDTH ? left : CK_WIDTH) * sizeof(ck_input));
  }
  memcpy(to + depth * (int64_t)sizeof(ck_input), tail, sizeof tail);
}

// Whether a layer is multiplied in the type activations have.
CK_INLINE int is_delicate(const ck_pack_call *call) {
  enum { FEW = 32 };
  return call->inputs < FEW || call->outputs < FEW;
}

static void scale_columns(const ck_weights *w, const ck_pack_call *call, int64_t block, float *factors) {
  for (int32_t lane = 0; lane < CK_BLOCK; lane++) {
    float most = row_most(call, ck_source_row(w, block, lane));
    factors[lane] = most > 0 ? MOST_LEVEL / most : 0;
    w->scale[block * CK_BLOCK + lane] = most / MOST_LEVEL;
  }
}

// Of weights that fill −MOST_LEVEL … MOST_LEVEL.
CK_INLINE ck_levels levels_of(ck_v16 x) {
  ck_v16 whole = ck_min(ck_max(to_whole(x), ck_splat(-MOST_LEVEL)), ck_splat(MOST_LEVEL));
  return __builtin_convertvector(whole, ck_levels);
}

CK_INLINE void put_weights(const ck_weights *w, int64_t block, int32_t tap, int32_t input, ck_v16 low,
                           ck_v16 high) {
  int64_t step = (int64_t)tap * tap_steps(w) + input / CK_STEP;
  ck_level *to = (ck_level *)(void *)(step_weights(w, block, step, segment_of(w, step)) +
                                      input % CK_STEP / TOGETHER * (int64_t)TOGETHER_BYTES) +
                 input % TOGETHER;
  ck_levels levels[2] = {levels_of(low), levels_of(high)};
  for (int l = 0; l < CK_BLOCK; l++)
    to[l * TOGETHER] = levels[l / CK_WIDTH][l % CK_WIDTH];
}

// Σq of every segment and column.
static void finish_block(const ck_weights *w, int64_t block) {
  int64_t steps = tap_steps(w) * w->kernel_h * w->kernel_w;
  for (int64_t step = 0; step < steps;) {
    int64_t segment = segment_of(w, step), run = step_run(w, step), left = CK_GROUP - step % CK_GROUP;
    run = run < left ? run : left;
    const ck_level *levels = (const ck_level *)(const void *)step_weights(w, block, step, segment);
    float *sums = (float *)(void *)(w->panels + block * (int64_t)w->block_bytes + (step + run) * STEP_BYTES +
                                    segment * SUMS_BYTES);
    for (int32_t l = 0; l < CK_BLOCK; l++) {
      int32_t sum = 0;
      for (int64_t i = 0; i < run * CK_STEP / TOGETHER; i++)
        for (int k = 0; k < TOGETHER; k++)
          sum += levels[(i * CK_BLOCK + l) * TOGETHER + k];
      sums[l] = (float)sum;
    }
    step += run;
  }
}

// Adds one segment's products of one pixel with 16 columns; `tail` is what stands behind the pixel, `columns`
// are Σq.
CK_INLINE void add_products(float *sums, ck_i16 products, const char *tail, const char *columns, int fresh) {
  float pixel[2];
  memcpy(pixel, tail, sizeof pixel);
  ck_v16 old = fresh ? ck_splat(0) : ck_load_f32(sums);
  ck_v16 column = ck_load_f32((const float *)(const void *)columns);
  ck_store_f32(sums, old + __builtin_convertvector(products, ck_v16) * pixel[0] + column * pixel[1]);
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
