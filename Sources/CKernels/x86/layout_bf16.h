#ifndef ATELIER_X86_LAYOUT_BF16_H
#define ATELIER_X86_LAYOUT_BF16_H

// Weights for products of pairs of bfloat16: a step takes 32 inputs as 16 pairs, and is two tiles of 1 KiB,
// of the block's first and last 16 columns: [pair][column][2], as TDPBF16PS and VDPBF16PS want them. Steps go
// by row of the kernel, then 32 channels, then column of the kernel, so that neighbouring taps find the same
// lines of input in the first cache.

#include "cpu/product.h"

enum {
  CK_STEP = 32,
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

// Rounds to the nearest bfloat16, ties to even.
CK_INLINE uint16_t to_bf16(float x) {
  uint32_t bits;
  memcpy(&bits, &x, sizeof bits);
  return x != x ? (uint16_t)(bits >> 16 | 0x40) : (uint16_t)((bits + 0x7fff + (bits >> 16 & 1)) >> 16);
}

// One column of one step, from a row of the file.
CK_INLINE void fill_column(uint16_t *tile, const ck_pack_call *call, int64_t row, ck_place place) {
  int64_t taps = (int64_t)call->kernel_h * call->kernel_w;
  for (int32_t i = 0; i < CK_STEP; i++) {
    int64_t input = place.channel + i;
    float value = 0;
    if (row >= 0 && input < call->inputs)
      value = ck_load(call->weight, call->weight_type, (row * call->inputs + input) * taps + place.tap);
    tile[i / 2 * 2 * CK_WIDTH + i % 2] = to_bf16(value);
  }
}

static void fill_block(const ck_weights *w, const ck_pack_call *call, int64_t block) {
  int64_t steps = (int64_t)w->kernel_h * w->kernel_w * w->depth / CK_STEP;
  for (int32_t lane = 0; lane < CK_BLOCK; lane++) {
    int64_t row = ck_source_row(w, block, lane);
    for (int64_t step = 0; step < steps; step++) {
      uint16_t *to = (uint16_t *)(void *)(w->panels + block * (int64_t)w->block_bytes + step * CK_STEP_BYTES);
      fill_column(to + lane / CK_WIDTH * (CK_STEP_BYTES / 4) + lane % CK_WIDTH * 2, call, row,
                  step_place(w, step));
    }
  }
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
