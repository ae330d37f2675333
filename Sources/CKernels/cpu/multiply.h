#ifndef ATELIER_CPU_MULTIPLY_H
#define ATELIER_CPU_MULTIPLY_H

// The loops around a tier's kernel, and the cut of a product's depth into segments and groups.

#include "cpu/file_weights.h"
#include "cpu/product.h"

#include <string.h>

// Room for the segments and groups of a product in the worst case, each step a segment.
CK_INLINE int64_t most_segments(const ck_weights *w) {
  int64_t steps = (int64_t)w->kernel_h * w->kernel_w * w->depth / CK_STEP;
  int64_t taps = (int64_t)w->kernel_h * w->kernel_w;
  return CK_STEP > 1 ? steps : taps + steps / CK_GROUP + 1;
}
CK_INLINE size_t segment_bytes(const ck_weights *w) {
  return (size_t)most_segments(w) * (sizeof(ck_segment) + sizeof(ck_group)) + 2 * CK_ALIGNMENT;
}

// Cuts the depth; `tap_offset` are the bytes from a row's address to its input under each tap.
static void cut_depth(ck_product *product, void *memory, const int32_t *tap_offset) {
  const ck_weights *w = product->weights;
  ck_group *groups = memory;
  ck_segment *segments = (ck_segment *)(groups + most_segments(w));
  int64_t steps = (int64_t)w->kernel_h * w->kernel_w * w->depth / CK_STEP;
  int32_t count = 0, group = -1;
  for (int64_t step = 0, run; step < steps; step += run) {
    if (step % CK_GROUP == 0)
      groups[++group] = (ck_group){.first = count, .step = step};
    ck_place place = step_place(w, step);
    int64_t left = CK_GROUP - step % CK_GROUP;
    run = step_run(w, step) < left ? step_run(w, step) : left;
    segments[count++] =
        (ck_segment){tap_offset[place.tap] + place.channel * (int32_t)CK_INPUT_BYTES, (int32_t)run,
                     tap_offset[place.tap] + w->depth * (int32_t)CK_INPUT_BYTES};
    groups[group].count++;
  }
  product->groups = groups;
  product->segments = segments;
  product->group_count = group + 1;
}

// Tiles of a chunk, and the sums they need in an arena.
CK_INLINE int32_t tiles_of(int32_t rows) {
  return (rows + CK_TILE_ROWS - 1) / CK_TILE_ROWS;
}
CK_INLINE size_t sums_bytes(int32_t rows) {
  return (size_t)tiles_of(rows) * CK_TILE_ROWS * CK_BLOCK * CK_TILE_BLOCKS * sizeof(float);
}

// Rows of a chunk times blocks [first, last); `sums` has sums_bytes, `widened` CK_WIDENED floats.
static void multiply_chunk(const ck_product *product, const ck_rows *rows, float *sums, float *widened,
                           int32_t first, int32_t last) {
  const ck_weights *w = product->weights;
  int32_t tiles = tiles_of(rows->count);
  for (int32_t block = first; block < last; block += CK_TILE_BLOCKS)
    for (int32_t g = 0; g < product->group_count; g++) {
      ck_group group = product->groups[g];
      widen_group(w, block, &group, widened);
      for (int32_t t = 0; t < tiles; t++) {
        float *tile = sums + (int64_t)t * CK_TILE_ROWS * CK_BLOCK * CK_TILE_BLOCKS;
        int32_t blocks = last - block < CK_TILE_BLOCKS ? last - block : CK_TILE_BLOCKS;
        prefetch_weights(w, block, &group, CK_GROUP, t, tiles);
        multiply_tile(w, tile, rows->input + t * CK_TILE_ROWS, product->stride, &group, product->segments,
                      block, blocks);
        if (g == product->group_count - 1)
          for (int32_t b = 0; b < blocks; b++)
            finish_tile(&product->epilogue, tile + b * CK_TILE_ROWS * CK_BLOCK, w,
                        rows->out + t * CK_TILE_ROWS, CK_TILE_ROWS, block + b);
      }
    }
}

// The first block of share `split` of `splits`: whole tiles of blocks.
CK_INLINE int32_t split_begin(const ck_weights *w, int32_t split, int32_t splits) {
  int64_t units = (w->blocks + CK_TILE_BLOCKS - 1) / CK_TILE_BLOCKS;
  int64_t block = units * split / splits * CK_TILE_BLOCKS;
  return block < w->blocks ? (int32_t)block : w->blocks;
}

enum { FILL = 64 }; // weights of a row that are turned at a time

// One block: rows of the file are read as they lie, and turned in the first cache.
static void fill_block(const ck_weights *w, const ck_pack_call *call, int64_t block) {
  int32_t taps = w->kernel_h * w->kernel_w;
  int64_t length = (int64_t)w->inputs * taps;
  float rows[CK_BLOCK][FILL], factors[CK_BLOCK];
  if (w->depth != w->inputs)
    memset(w->panels + block * (int64_t)w->block_bytes, 0, w->block_bytes);
  scale_columns(w, call, block, factors);
  for (int64_t from = 0; from < length; from += FILL) {
    int32_t count = length - from < FILL ? (int32_t)(length - from) : FILL;
    for (int32_t lane = 0; lane < CK_BLOCK; lane++)
      load_weights(rows[lane], call, ck_source_row(w, block, lane), from, count);
    for (int32_t i = 0; i < count; i++) {
      ck_v16 low, high;
      for (int l = 0; l < CK_WIDTH; l++) {
        low[l] = rows[l][i];
        high[l] = rows[l + CK_WIDTH][i];
      }
      put_weights(w, block, (int32_t)((from + i) % taps), (int32_t)((from + i) / taps),
                  low * ck_load_f32(factors), high * ck_load_f32(factors + CK_WIDTH));
    }
  }
  finish_block(w, block);
}

typedef struct fill_plan {
  const ck_pack_call *call;
  const ck_weights *weights;
} fill_plan;

static void fill_body(const void *context, int64_t begin, int64_t end, int thread) {
  (void)thread;
  const fill_plan *plan = context;
  for (int64_t block = begin; block < end; block++)
    fill_block(plan->weights, plan->call, block);
}

static ck_status tier_pack(ck_device *device, const ck_pack_call *call, ck_weights **result) {
#ifdef CK_TIER_DELEGATE
  const ck_backend *delegate = CK_TIER_DELEGATE(call);
  if (delegate != NULL) {
    ck_status packed = delegate->pack(device, call, result);
    if (packed == CK_OK)
      (*result)->delegate = delegate;
    return packed;
  }
#endif
  ck_status status = ck_cpu_new_weights(call, tier_layout, result);
  if (status != CK_OK)
    return status;
  fill_plan plan = {call, *result};
  ck_pool_run(device->pool, (*result)->blocks, 1, fill_body, &plan);
  return CK_OK;
}

#endif
