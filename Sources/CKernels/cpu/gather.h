#ifndef ATELIER_CPU_GATHER_H
#define ATELIER_CPU_GATHER_H

// A chunk's input copied together: padded, enlarged, both sources' channels side by side and rounded up to
// whole steps, normalised and activated if the call says so. The product then knows nothing of all that: a
// tap is an offset. Where a tile's rows must be evenly spaced and images are narrow, the taps are copied
// apart ("expanded"), so that a tile may run from one row of pixels into the next.
//
// Where a tier's products are narrower than its activations (CK_NARROW), a pixel is first put together in
// `wide`, a row of scratch, then turned into what its product multiplies by `narrow_pixel`, with zeros to
// whole steps.

#include "cpu/geometry.h"
#include "cpu/normalise.h"
#include "cpu/product.h"

#include <string.h>

static void gather_source(const ck_conv_call *call, ck_store *to, const ck_store *x, int32_t image,
                          int32_t first, int32_t channels) {
  if (call->input_scale.data == NULL) {
    memcpy(to, x, (size_t)channels * sizeof(ck_store));
    return;
  }
  int64_t at = (int64_t)image * (call->channels1 + call->channels2) + first;
  normalise(to, x, (const float *)call->input_scale.data + at, (const float *)call->input_shift.data + at,
            channels, call->input_activation);
}

// Bytes of a gathered pixel of `depth` inputs.
CK_INLINE int64_t gathered_bytes(int32_t depth) {
  return (int64_t)depth * CK_INPUT_BYTES + CK_PIXEL_TAIL;
}

// Both sources of a pixel side by side, and zeros to whole steps, as the product reads them.
CK_INLINE void put_pixel(const ck_conv_call *call, char *to, ck_store *wide, int64_t pixel, int32_t image) {
  int32_t depth = call->weights->depth, channels = call->channels1 + call->channels2;
  ck_store *row = CK_NARROW ? wide : (ck_store *)(void *)to;
  gather_source(call, row, (const ck_store *)call->x1.data + pixel * call->channels1, image, 0,
                call->channels1);
  if (call->channels2 > 0)
    gather_source(call, row + call->channels1, (const ck_store *)call->x2.data + pixel * call->channels2,
                  image, call->channels1, call->channels2);
#if CK_NARROW
  narrow_pixel(to, wide, channels, depth);
#else
  if (depth > channels)
    memset(row + channels, 0, (size_t)(depth - channels) * sizeof(ck_store));
#endif
}

// The pixel (y, x) of the enlarged input, which may lie outside it.
static void gather_pixel(const ck_geometry *g, char *to, ck_store *wide, int32_t image, int64_t y,
                         int64_t x) {
  const ck_conv_call *call = g->call;
  if (y < 0 || y >= call->in_height || x < 0 || x >= call->in_width) {
    memset(to, 0, (size_t)g->pixel_bytes);
    return;
  }
  if (call->source_height != call->in_height)
    y = y * call->source_height / call->in_height;
  if (call->source_width != call->in_width)
    x = x * call->source_width / call->in_width;
  put_pixel(call, to, wide, ((int64_t)image * call->source_height + y) * call->source_width + x, image);
}

// How many pixels from (y, x) on lie side by side in memory as they are to be read, at most `most`.
CK_INLINE int32_t plain_run(const ck_geometry *g, int64_t y, int64_t x, int32_t most) {
  const ck_conv_call *call = g->call;
  if (CK_NARROW || call->input_scale.data != NULL || call->channels2 > 0 ||
      call->source_width != call->in_width || call->source_height != call->in_height ||
      g->pixel_bytes != call->channels1 * (int64_t)sizeof(ck_store) || y < 0 || y >= call->in_height || x < 0)
    return 0;
  int64_t left = call->in_width - x;
  return left < 1 ? 0 : left < most ? (int32_t)left : most;
}

// Row `row` of a chunk's input, counted through its images.
static void gather_row(const ck_geometry *g, const ck_chunk *chunk, char *halo, ck_store *wide, int32_t row) {
  const ck_conv_call *call = g->call;
  int32_t image = chunk->image + row / g->halo_rows,
          columns = (chunk->columns - 1) * call->stride + g->kernel_w;
  int64_t y = (int64_t)chunk->y * call->stride - call->pad_top + row % g->halo_rows;
  int64_t x = (int64_t)chunk->x * call->stride - call->pad_left;
  char *to = halo + (int64_t)row * g->halo_columns * g->pixel_bytes;
  for (int32_t i = 0; i < columns;) {
    int32_t run = plain_run(g, y, x + i, columns - i);
    if (run > 0)
      memcpy(to + i * g->pixel_bytes,
             (const ck_store *)call->x1.data +
                 (((int64_t)image * call->in_height + y) * call->in_width + x + i) * call->channels1,
             (size_t)(run * g->pixel_bytes));
    else
      gather_pixel(g, to + i * g->pixel_bytes, wide, image, y, x + i);
    i += run > 0 ? run : 1;
  }
}

// Copies the input of one tap of all rows of the product together.
static void expand_tap(const ck_geometry *g, const ck_chunk *chunk, const char *halo, char *expanded,
                       int32_t tap) {
  int32_t stride = g->call->stride, ky = tap / g->kernel_w, kx = tap % g->kernel_w;
  int64_t rows = ck_chunk_rows(g) + CK_MAX_TILE;
  char *to = expanded + tap * rows * g->pixel_bytes;
  for (int32_t image = 0; image < chunk->images; image++)
    for (int32_t y = 0; y < chunk->rows; y++) {
      int64_t from = (int64_t)(image * g->halo_rows + y * stride + ky) * g->halo_columns + kx;
      for (int32_t x = 0; x < chunk->columns; x++, to += g->pixel_bytes)
        memcpy(to, halo + (from + (int64_t)x * stride) * g->pixel_bytes, (size_t)g->pixel_bytes);
    }
}

// Where each row of the product finds its input and its output; padded to a whole tile.
static void list_rows(const ck_geometry *g, const ck_chunk *chunk, const char *halo, const char *expanded,
                      ck_rows *rows) {
  int32_t stride = g->call->stride, columns = (chunk->columns + g->run - 1) / g->run * g->run, m = 0;
  for (int32_t image = 0; image < chunk->images; image++)
    for (int32_t y = 0; y < chunk->rows; y++)
      for (int32_t x = 0; x < columns; x++, m++) {
        int64_t at = ((int64_t)(image * g->halo_rows + y * stride) * g->halo_columns + (int64_t)x * stride);
        rows->input[m] = g->expanded ? expanded + m * g->pixel_bytes : halo + at * g->pixel_bytes;
        rows->out[m] =
            x < chunk->columns
                ? ((chunk->image + image) * g->out_height + chunk->y + y) * g->out_width + chunk->x + x
                : -1;
      }
  // A tile's last rows: an even spacing goes on where it is read, and nothing is written.
  for (int32_t i = m; m % CK_TILE_ROWS != 0; m++) {
    rows->input[m] = g->expanded ? expanded + m * g->pixel_bytes : rows->input[i - 1];
    rows->out[m] = -1;
  }
  rows->count = m;
}

static void tap_offsets(const ck_geometry *g, int32_t *offsets) {
  int64_t apart = (int64_t)(ck_chunk_rows(g) + CK_MAX_TILE) * g->pixel_bytes;
  for (int32_t tap = 0; tap < g->kernel_h * g->kernel_w; tap++) {
    int64_t pixels = (int64_t)(tap / g->kernel_w) * g->halo_columns + tap % g->kernel_w;
    offsets[tap] = (int32_t)(g->expanded ? tap * apart : pixels * g->pixel_bytes);
  }
}

#endif
