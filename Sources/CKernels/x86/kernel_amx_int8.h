#ifndef ATELIER_X86_KERNEL_AMX_INT8_H
#define ATELIER_X86_KERNEL_AMX_INT8_H

// The AMX product of 8-bit integers: kernel_amx.h's 2 × 2 tiles of sums, of 64 inputs at a time, twice as
// many as of bfloat16. Weights lie as AVX512-VNNI reads them, a tile being 16 fours of every other 64 bytes,
// and segments are cut at the same inputs where channels are whole steps: then both give the same bytes.

#include <immintrin.h>
#include <stdint.h>

typedef uint8_t ck_input;
typedef int8_t ck_level;

#define MOST_INPUT 255.0f
#define MOST_LEVEL 127.0f

enum {
  TOGETHER = 4,
  CK_TILE_ROWS = 32,
  CK_TILE_BLOCKS = 1,
  CK_STRIDED_ROWS = 16,
  CK_STEP = 64,
  CK_PIXEL_TAIL = 64, // more than it takes: then no row of a tile crosses a line
  CK_GROUP = 10,      // 20 KiB of weights: 640 inputs
  CK_CHUNK_ROWS = 1024,
  CK_CHUNK_BYTES = 1536 * 1024,
};

#include "x86/amx_tiles.h"
#include "cpu/integers.h"

// One segment of 32 pixels.
static void multiply_segment(float *sums, const char *const *rows, int64_t stride, const ck_segment *segment,
                             const char *weights, int fresh) {
  enum { ROW = CK_BLOCK * sizeof(int32_t), LOWER = 16 * CK_BLOCK };
  _Alignas(CK_ALIGNMENT) int32_t products[CK_TILE_ROWS * CK_BLOCK];
  const char *upper = rows[0] + segment->offset, *lower = rows[16] + segment->offset;
  _tile_zero(0);
  _tile_zero(1);
  _tile_zero(2);
  _tile_zero(3);
  for (int32_t i = 0; i < segment->steps; i++, weights += STEP_BYTES, upper += CK_STEP, lower += CK_STEP) {
    _tile_loadd(6, weights, TOGETHER_BYTES);
    _tile_loadd(4, upper, stride);
    _tile_loadd(7, weights + TOGETHER_BYTES / 2, TOGETHER_BYTES);
    _tile_loadd(5, lower, stride);
    _tile_dpbusd(0, 4, 6);
    _tile_dpbusd(1, 4, 7);
    _tile_dpbusd(2, 5, 6);
    _tile_dpbusd(3, 5, 7);
  }
  _tile_stored(0, products, ROW);
  _tile_stored(1, products + CK_WIDTH, ROW);
  _tile_stored(2, products + LOWER, ROW);
  _tile_stored(3, products + LOWER + CK_WIDTH, ROW);
  for (int p = 0; p < CK_TILE_ROWS; p++)
    for (int v = 0; v < 2; v++) {
      ck_i16 product;
      memcpy(&product, products + p * CK_BLOCK + v * CK_WIDTH, sizeof product);
      add_products(sums + p * CK_BLOCK + v * CK_WIDTH, product, rows[p] + segment->tail,
                   weights + v * SUMS_BYTES / 2, fresh);
    }
}

#endif
