#ifndef ATELIER_X86_KERNEL_AMX_H
#define ATELIER_X86_KERNEL_AMX_H

// The AMX product: 2 × 2 tiles of sums, 32 rows × 32 columns, fed by two tiles of input and two of weights.
// A step is four products of 16 cycles and four loads; one operand has to come from the first cache
// for the loads to keep up, hence the groups of product.h.

#include "x86/layout_bf16.h"

enum {
  CK_TILE_ROWS = 32,
  CK_STRIDED_ROWS = 16,
  CK_GROUP = 12, // 24 KiB of weights
  CK_CHUNK_ROWS = 1024,
  CK_CHUNK_BYTES = 1536 * 1024,
};

static void multiply_tile(const ck_weights *w, float *sums, const char *const *rows, int64_t stride,
                          const ck_group *group, const ck_segment *segments, int32_t block, int32_t blocks) {
  (void)blocks;
  enum { ROW = CK_BLOCK * sizeof(float), LOWER = 16 * CK_BLOCK };
  const char *weights = step_weights(w, block, group->step);
  if (group->step == 0) {
    _tile_zero(0);
    _tile_zero(1);
    _tile_zero(2);
    _tile_zero(3);
  } else {
    _tile_loadd(0, sums, ROW);
    _tile_loadd(1, sums + CK_WIDTH, ROW);
    _tile_loadd(2, sums + LOWER, ROW);
    _tile_loadd(3, sums + LOWER + CK_WIDTH, ROW);
  }
  for (int32_t s = group->first; s < group->first + group->count; s++) {
    const char *upper = rows[0] + segments[s].offset, *lower = rows[16] + segments[s].offset;
    for (int32_t i = 0; i < segments[s].steps; i++, weights += CK_STEP_BYTES, upper += 64, lower += 64) {
      _tile_loadd(6, weights, 64);
      _tile_loadd(4, upper, stride);
      _tile_loadd(7, weights + CK_STEP_BYTES / 2, 64);
      _tile_loadd(5, lower, stride);
      _tile_dpbf16ps(0, 4, 6);
      _tile_dpbf16ps(1, 4, 7);
      _tile_dpbf16ps(2, 5, 6);
      _tile_dpbf16ps(3, 5, 7);
    }
  }
  _tile_stored(0, sums, ROW);
  _tile_stored(1, sums + CK_WIDTH, ROW);
  _tile_stored(2, sums + LOWER, ROW);
  _tile_stored(3, sums + LOWER + CK_WIDTH, ROW);
}

#endif
