#ifndef ATELIER_X86_LAYOUT_BF16_H
#define ATELIER_X86_LAYOUT_BF16_H

// Weights for products of pairs of bfloat16: a step takes 32 inputs as 16 pairs, and is two tiles of 1 KiB,
// of the block's first and last 16 columns: [pair][column][2], as TDPBF16PS and VDPBF16PS want them. Steps go
// by row of the kernel, then 32 channels, then column of the kernel, so that neighbouring taps find the same
// lines of input in the first cache.

#include "cpu/product.h"

#define CK_NARROW 0

enum {
  CK_STEP = 32,
  CK_TILE_BLOCKS = 1,
  CK_PIXEL_TAIL = 0,
  CK_INPUT_BYTES = sizeof(uint16_t),
  CK_STEP_BYTES = CK_STEP * CK_BLOCK * sizeof(uint16_t),
};

static const ck_layout tier_layout = {.element = sizeof(uint16_t), .step = CK_STEP};

CK_INLINE ck_place step_place(const ck_weights *w, int64_t step) {
  int64_t slabs = w->depth / CK_STEP, kx = step % w->kernel_w, slab = step / w->kernel_w % slabs;
  int64_t ky = step / (w->kernel_w * slabs);
  return (ck_place){.tap = (int32_t)(ky * w->kernel_w + kx), .channel = (int32_t)slab * CK_STEP};
}

// How many steps from `step` on read contiguous input: with a kernel one wide, the rest of the row's
// channels.
CK_INLINE int64_t step_run(const ck_weights *w, int64_t step) {
  int64_t slabs = w->depth / CK_STEP;
  return w->kernel_w == 1 ? slabs - step % slabs : 1;
}

CK_INLINE const char *step_weights(const ck_weights *w, int64_t block, int64_t step) {
  return w->panels + block * (int64_t)w->block_bytes + step * CK_STEP_BYTES;
}

CK_INLINE void put_weights(const ck_weights *w, int64_t block, int32_t tap, int32_t input, ck_v16 low,
                           ck_v16 high) {
  int32_t kx = tap % w->kernel_w, ky = tap / w->kernel_w, slabs = w->depth / CK_STEP;
  int64_t step = ((int64_t)ky * slabs + input / CK_STEP) * w->kernel_w + kx;
  uint16_t *to = (uint16_t *)(void *)(w->panels + block * (int64_t)w->block_bytes + step * CK_STEP_BYTES);
  ck_h16 halves[2] = {ck_narrow_bf16(low), ck_narrow_bf16(high)};
  to += input % CK_STEP / 2 * 2 * CK_WIDTH + input % 2;
  for (int l = 0; l < CK_WIDTH; l++) {
    to[l * 2] = halves[0][l];
    to[CK_STEP_BYTES / 4 + l * 2] = halves[1][l];
  }
}

#include "cpu/plain_columns.h"

enum { CK_WIDENED = 0 };
static void widen_group(const ck_weights *w, int64_t block, ck_group *group, float *room) {
  (void)w, (void)block, (void)group, (void)room;
}

// Brings a share of the next group's weights into the second cache: they follow this group's in memory.
CK_INLINE void prefetch_weights(const ck_weights *w, int64_t block, const ck_group *group, int32_t steps,
                                int32_t tile, int32_t tiles) {
  enum { LINE = 64 };
  int64_t lines = (int64_t)steps * CK_STEP_BYTES / LINE;
  const char *next = step_weights(w, block, group->step + steps);
  for (int64_t line = lines * tile / tiles; line < lines * (tile + 1) / tiles; line++)
    __builtin_prefetch(next + line * LINE, 0, 2);
}

#endif
