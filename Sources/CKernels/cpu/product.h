#ifndef ATELIER_CPU_PRODUCT_H
#define ATELIER_CPU_PRODUCT_H

// What convolution and linear layers share: rows of input, found by address, times blocks of packed weights.
//
// A product's depth (taps × channels) is a series of steps. Steps whose input is contiguous form a segment;
// segments whose weights together stay in the first cache form a group. Blocks of columns are the outer
// loop, then groups, then tiles of rows: a group's weights are read from the second cache once for all tiles
// of the chunk, and the sums wait in the arena. Every sum is made in one order, whatever the threads.

#include "cpu/cpu.h"
#include "cpu/epilogue.h"

// Where a step's input is: the tap of the kernel, and the first channel.
typedef struct ck_place {
  int32_t tap, channel;
} ck_place;

typedef struct ck_segment {
  int32_t offset; // bytes from a row's address
  int32_t steps;
  int32_t tail; // bytes from a row's address to what stands behind the pixel's inputs: see narrow.h
} ck_segment;

typedef struct ck_group {
  int32_t first, count; // segments
  int64_t step;         // the first one's
  const float *widened; // its weights in float32, where they are kept in the file's 16 bits, else null
} ck_group;

// A product without its rows.
typedef struct ck_product {
  const ck_weights *weights;
  const ck_segment *segments;
  const ck_group *groups;
  int32_t group_count;
  int64_t stride; // bytes between rows of a tile, where a tier needs them evenly spaced
  ck_epilogue epilogue;
} ck_product;

// The rows of one chunk, padded to whole tiles.
typedef struct ck_rows {
  const char **input; // each one's address
  int32_t *out;       // its output row, or −1
  int32_t count;
} ck_rows;

static ck_place step_place(const ck_weights *weights, int64_t step);
static int64_t step_run(const ck_weights *weights, int64_t step);
// Finds what each column of a block is multiplied by before it is packed, and notes in the weights what makes
// up for it; takes one input's weights of a block at one tap; and does what is left when all were taken.
static void scale_columns(const ck_weights *weights, const ck_pack_call *call, int64_t block, float *factors);
static void put_weights(const ck_weights *weights, int64_t block, int32_t tap, int32_t input, ck_v16 low,
                        ck_v16 high);
static void finish_block(const ck_weights *weights, int64_t block);
// Around the products of a thread; x86/amx_tiles.h, included before, has those of the unit for tiles.
#if !CK_TILE_UNIT
CK_INLINE void begin_tiles(void) {}
CK_INLINE void end_tiles(void) {}
#endif

// Where weights are kept in the file's 16 bits: widens those of a group for all tiles of a chunk; `room` has
// CK_WIDENED floats.
static void widen_group(const ck_weights *weights, int64_t block, ck_group *group, float *room);
// Adds to sums[blocks][CK_TILE_ROWS][CK_BLOCK] of `blocks` ≤ CK_TILE_BLOCKS neighbouring blocks.
static void multiply_tile(const ck_weights *weights, float *sums, const char *const *rows, int64_t stride,
                          const ck_group *group, const ck_segment *segments, int32_t block, int32_t blocks);

#endif
