#ifndef ATELIER_CPU_KERNEL_F32_H
#define ATELIER_CPU_KERNEL_F32_H

// The float32 product. Weights of a block are its panels one after another, each
// [kernel_h][kernel_w][input][CK_PANEL]. Those of 16 bits in the file stay so, which is exact and halves what
// has to be read; a group is widened once for all rows of a chunk.

#include "cpu/product.h"
#include "cpu/tile_f32.h"

#define CK_NARROW 0

enum {
  CK_TILE_ROWS = CK_F32_ROWS,
  CK_TILE_BLOCKS = 1,
  CK_PIXEL_TAIL = 0,
  CK_PANEL = CK_F32_VECTORS * CK_WIDTH,
  PANELS = CK_BLOCK / CK_PANEL,
  CK_STEP = 1,                    // inputs of a step
  CK_INPUT_BYTES = sizeof(float), // of one gathered input
  CK_GROUP = 256 * 16 / CK_PANEL, // steps of weights that stay in the first cache: 16 KiB
  CK_CHUNK_ROWS = 384,            // rows of a chunk: a multiple of every tile
  CK_CHUNK_BYTES = 256 * 1024,    // of gathered input, next to the weights in the second cache
  CK_STRIDED_ROWS = 1,            // rows whose addresses must be evenly spaced
  CK_WIDENED = CK_GROUP * CK_BLOCK,
};

static const ck_layout tier_layout = {.element = sizeof(float), .step = CK_STEP, .as_filed = 1};

// Weights of one panel, the block's `panel`-th.
CK_INLINE int64_t panel_size(const ck_weights *w) {
  return (int64_t)w->kernel_h * w->kernel_w * w->depth * CK_PANEL;
}

CK_INLINE ck_place step_place(const ck_weights *w, int64_t step) {
  return (ck_place){.tap = (int32_t)(step / w->depth), .channel = (int32_t)(step % w->depth)};
}

// How many steps from `step` on read contiguous input.
CK_INLINE int64_t step_run(const ck_weights *w, int64_t step) {
  return w->depth - step % w->depth;
}

CK_INLINE void put_weights(const ck_weights *w, int64_t block, int32_t tap, int32_t input, ck_v16 low,
                           ck_v16 high) {
  int64_t first = ((int64_t)tap * w->depth + input) * CK_PANEL;
  int64_t second = PANELS == 1 ? first + CK_WIDTH : first + panel_size(w);
  char *to = w->panels + block * (int64_t)w->block_bytes;
  ck_store_filed(to, w->filed, first, low);
  ck_store_filed(to, w->filed, second, high);
}

static void widen_group(const ck_weights *w, int64_t block, ck_group *group, float *room) {
  int64_t steps = panel_size(w) / CK_PANEL - group->step,
          count = (steps < CK_GROUP ? steps : CK_GROUP) * CK_PANEL;
  if (w->filed == CK_F32)
    return;
  for (int32_t panel = 0; panel < PANELS; panel++) {
    int64_t first = panel * panel_size(w) + group->step * CK_PANEL;
    for (int64_t i = 0; i < count; i += CK_WIDTH)
      ck_store_f32(room + panel * CK_GROUP * CK_PANEL + i,
                   ck_load_typed(w->panels + block * (int64_t)w->block_bytes, w->filed, first + i, CK_WIDTH));
  }
  group->widened = room;
}

#include "cpu/plain_columns.h"

// Adds to sums[CK_TILE_ROWS][CK_BLOCK] the products with one panel.
CK_INLINE void multiply_panel(float *sums, const char *const *rows, const ck_segment *segments, int32_t count,
                              const float *weights, int32_t fresh) {
  ck_tile tile;
  if (fresh)
    tile_zero(&tile, CK_F32_VECTORS);
  else
    tile_load(&tile, sums, CK_BLOCK, CK_F32_VECTORS);
  for (int32_t s = 0; s < count; s++) {
    const float *x[CK_TILE_ROWS];
    for (int p = 0; p < CK_TILE_ROWS; p++)
      x[p] = (const float *)(const void *)(rows[p] + segments[s].offset);
    tile_accumulate(&tile, x, weights, CK_PANEL, CK_WIDTH, segments[s].steps, CK_F32_VECTORS);
    weights += (int64_t)segments[s].steps * CK_PANEL;
  }
  tile_store(&tile, sums, CK_BLOCK, CK_F32_VECTORS);
}

static void multiply_tile(const ck_weights *w, float *sums, const char *const *rows, int64_t stride,
                          const ck_group *group, const ck_segment *segments, int32_t block, int32_t blocks) {
  (void)blocks;
  (void)stride;
  const float *weights = (const float *)(const void *)(w->panels + block * (int64_t)w->block_bytes);
  weights = group->widened != NULL ? group->widened : weights + group->step * CK_PANEL;
  int64_t apart = group->widened != NULL ? CK_GROUP * CK_PANEL : panel_size(w);
  // The last block's second panel may be padding alone, as in a picture's three channels.
  int32_t panels = !w->gated && w->outputs - block * CK_BLOCK <= CK_PANEL ? 1 : PANELS;
  for (int32_t panel = 0; panel < panels; panel++)
    multiply_panel(sums + panel * CK_PANEL, rows, segments + group->first, group->count,
                   weights + panel * apart, group->step == 0);
}

// Read from the second cache in order: the processor sees that by itself.
CK_INLINE void prefetch_weights(const ck_weights *w, int64_t block, const ck_group *group, int32_t steps,
                                int32_t tile, int32_t tiles) {
  (void)w, (void)block, (void)group, (void)steps, (void)tile, (void)tiles;
}

#endif
