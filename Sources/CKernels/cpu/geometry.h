#ifndef ATELIER_CPU_GEOMETRY_H
#define ATELIER_CPU_GEOMETRY_H

// How a convolution's output is cut into chunks: rectangles of pixels, or whole small images together.
// Nothing here depends on the number of threads.

#include "cpu/cpu.h"

typedef struct ck_geometry {
  const ck_conv_call *call;
  int32_t kernel_h, kernel_w;
  int64_t pixel_bytes; // of gathered input
  int32_t out_height, out_width;
  int32_t images, rows, columns;   // outputs of a full chunk
  int32_t across, down, groups;    // chunks along the width, the height and the batch
  int32_t halo_rows, halo_columns; // input of a full chunk, per image
  int32_t expanded;                // whether taps are copied apart: see gather.h
  int32_t run;                     // outputs of a row are padded to a multiple of this
} ck_geometry;

// One chunk: its place and its extents, smaller at the edges.
typedef struct ck_chunk {
  int32_t image, y, x, images, rows, columns;
} ck_chunk;

// What a tier wants of its chunks.
typedef struct ck_chunk_rule {
  int32_t rows;         // of the product, at most
  int64_t bytes;        // of gathered input, as a rule
  int32_t strided_rows; // rows of a tile that must be evenly spaced, 1 or more
} ck_chunk_rule;

// Checks the call; the rest is filled in.
ck_status ck_plan_geometry(const ck_conv_call *call, int64_t pixel_bytes, ck_chunk_rule rule,
                           ck_geometry *geometry);

static inline int32_t ck_chunk_count(const ck_geometry *g) {
  return g->across * g->down * g->groups;
}
ck_chunk ck_chunk_at(const ck_geometry *g, int32_t index);

// Rows of the product that a full chunk makes, padding included.
int32_t ck_chunk_rows(const ck_geometry *g);
// Bytes of a chunk's gathered input, with room for reads past its end.
int64_t ck_halo_bytes(const ck_geometry *g);
int64_t ck_expanded_bytes(const ck_geometry *g);

#endif
