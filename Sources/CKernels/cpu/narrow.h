#ifndef ATELIER_CPU_NARROW_H
#define ATELIER_CPU_NARROW_H

// Tiers whose products take narrower numbers than activations are stored in. Each gathered pixel is brought
// to the narrow type's range by a factor of its own, which stands behind its inputs (CK_PIXEL_TAIL bytes),
// and each column of weights by one of its own; so no value is too large or too small, whatever a model
// computes. The sums of one segment are multiplied by its pixel's factor as they are added to the float32
// sums.

#include "cpu/file_weights.h"
#include "cpu/product.h"

#define CK_NARROW 1

// Steps go by tap, then by inputs.
CK_INLINE int64_t tap_steps(const ck_weights *w) {
  return w->depth / CK_STEP;
}
CK_INLINE ck_place step_place(const ck_weights *w, int64_t step) {
  int64_t each = tap_steps(w);
  return (ck_place){.tap = (int32_t)(step / each), .channel = (int32_t)(step % each) * CK_STEP};
}
CK_INLINE int64_t step_run(const ck_weights *w, int64_t step) {
  return tap_steps(w) - step % tap_steps(w);
}

// Brings a share of what the next group multiplies into the second cache.
CK_INLINE void prefetch_weights(const ck_weights *w, int64_t block, const ck_group *group, int32_t steps,
                                int32_t tile, int32_t tiles) {
  enum { LINE = 64 };
  int64_t offset = (group->step + steps) * STEP_BYTES;
  if (offset >= (int64_t)w->block_bytes) {
    offset = 0;
    block += CK_TILE_BLOCKS;
  }
  if (block >= w->blocks)
    return;
  int64_t lines = (int64_t)steps * STEP_BYTES / LINE;
  int32_t blocks = block + CK_TILE_BLOCKS <= w->blocks ? CK_TILE_BLOCKS : 1;
  for (int32_t b = 0; b < blocks; b++) {
    const char *next = w->panels + (block + b) * (int64_t)w->block_bytes + offset;
    for (int64_t line = lines * tile / tiles; line < lines * (tile + 1) / tiles; line++)
      __builtin_prefetch(next + line * LINE, 0, 2);
  }
}

enum { CK_WIDENED = 0 };
static void widen_group(const ck_weights *w, int64_t block, ck_group *group, float *room) {
  (void)w, (void)block, (void)group, (void)room;
}

// The largest magnitude in row `row` of the file, 0 for padding.
static float row_most(const ck_pack_call *call, int64_t row) {
  enum { PART = 256 };
  int64_t length = (int64_t)call->inputs * call->kernel_h * call->kernel_w;
  float part[PART];
  ck_v16 most = ck_splat(0);
  for (int64_t from = 0; row >= 0 && from < length; from += PART) {
    int32_t count = length - from < PART ? (int32_t)(length - from) : PART;
    load_weights(part, call, row, from, count);
    for (int32_t i = 0; i < count; i += CK_WIDTH)
      most = ck_max(__builtin_elementwise_abs(ck_load_most_f32(part + i, count - i)), most);
  }
  return ck_max_lanes(most);
}

#endif
