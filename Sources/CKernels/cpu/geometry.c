#include "cpu/geometry.h"

#include <string.h>

static int32_t least(int32_t a, int32_t b) {
  return a < b ? a : b;
}
static int32_t up(int32_t a, int32_t b) {
  return (a + b - 1) / b;
}

static int32_t halo(int32_t outputs, int32_t stride, int32_t kernel) {
  return (outputs - 1) * stride + kernel;
}

// Rows of a chunk `columns` wide that the rule's two limits allow, 1 at least.
static int32_t rows_within(const ck_geometry *g, ck_chunk_rule rule, int32_t columns, int64_t bytes) {
  int32_t stride = g->call->stride;
  int64_t row_bytes = (int64_t)halo(columns, stride, g->kernel_w) * g->pixel_bytes;
  int64_t by_bytes = (bytes / row_bytes - g->kernel_h) / stride + 1;
  int64_t rows = rule.rows / columns;
  rows = rows < by_bytes ? rows : by_bytes;
  return rows < 1 ? 1 : rows < g->out_height ? (int32_t)rows : g->out_height;
}

// Input pixels read for one output pixel: the cost of a chunk's edges.
static double overhead(const ck_geometry *g, int32_t rows, int32_t columns) {
  int32_t stride = g->call->stride;
  return (double)halo(rows, stride, g->kernel_h) * halo(columns, stride, g->kernel_w) /
         ((double)rows * columns * stride * stride);
}

// The rectangle with the least overhead; large inputs are allowed more bytes until it is bearable.
static void choose_rectangle(ck_geometry *g, ck_chunk_rule rule) {
  static const int32_t widths[] = {128, 64, 32, 16};
  double best = 0;
  for (int64_t bytes = rule.bytes;; bytes *= 2) {
    g->columns = 0;
    for (int i = -1; i < (int)(sizeof widths / sizeof widths[0]); i++) {
      int32_t columns = i < 0 ? g->out_width : widths[i];
      if (columns > g->out_width || columns > rule.rows)
        continue;
      int32_t rows = rows_within(g, rule, columns, bytes);
      double cost = overhead(g, rows, columns);
      if (g->columns == 0 || cost < best) {
        g->columns = columns;
        g->rows = rows;
        best = cost;
      }
    }
    if (best < 1.6 || bytes > 8 * rule.bytes)
      return;
  }
}

// Rows of a linear layer, as a picture one pixel high: even parts that the limits allow.
static void choose_rows(ck_geometry *g, ck_chunk_rule rule) {
  int64_t most = rule.bytes / g->pixel_bytes;
  most = most < 64 ? 64 : most < rule.rows ? most : rule.rows;
  int32_t parts = up(g->out_width, (int32_t)most);
  g->columns = up(g->out_width, parts);
  g->rows = 1;
}

static void choose_chunks(ck_geometry *g, ck_chunk_rule rule) {
  const ck_conv_call *call = g->call;
  int32_t run = rule.strided_rows, padded = up(g->out_width, run) * run;
  g->expanded = run > 1 && g->out_width < 64 && g->out_width * 20 < padded * 17;
  g->run = g->expanded ? 1 : run;
  if (g->expanded) {
    g->columns = g->out_width;
    g->rows = rows_within(g, rule, g->columns, rule.bytes);
  } else if (g->out_height == 1 && g->kernel_h == 1 && g->kernel_w == 1 && run == 1) {
    choose_rows(g, rule);
  } else {
    choose_rectangle(g, rule);
  }
  g->down = up(g->out_height, g->rows);
  g->rows = up(g->out_height, g->down);
  g->across = up(g->out_width, g->columns);
  g->images = 1;
  if (g->down == 1 && g->across == 1)
    g->images = least(call->batch, rule.rows / (g->rows * up(g->columns, run) * run));
  g->images = g->images < 1 ? 1 : g->images;
  g->groups = up(call->batch, g->images);
  g->halo_rows = halo(g->rows, call->stride, g->kernel_h);
  g->halo_columns = halo(g->columns, call->stride, g->kernel_w);
}

ck_status ck_plan_geometry(const ck_conv_call *call, int64_t pixel_bytes, ck_chunk_rule rule,
                           ck_geometry *g) {
  ck_status status = ck_check_conv(call, call->weights->inputs);
  if (status != CK_OK)
    return status;
  const ck_weights *w = call->weights;
  int64_t height = (int64_t)call->in_height + call->pad_top + call->pad_bottom - w->kernel_h;
  int64_t width = (int64_t)call->in_width + call->pad_left + call->pad_right - w->kernel_w;
  if (height < 0 || width < 0)
    return CK_BAD_ARGUMENT;
  memset(g, 0, sizeof *g);
  g->call = call;
  g->kernel_h = w->kernel_h;
  g->kernel_w = w->kernel_w;
  g->pixel_bytes = pixel_bytes;
  g->out_height = (int32_t)(height / call->stride + 1);
  g->out_width = (int32_t)(width / call->stride + 1);
  // Output rows are numbered in 32 bits, and so are a chunk's offsets.
  if ((int64_t)call->batch * g->out_height * g->out_width > INT32_MAX / 2)
    return CK_BAD_ARGUMENT;
  choose_chunks(g, rule);
  return ck_halo_bytes(g) + ck_expanded_bytes(g) > INT32_MAX / 2 ? CK_OUT_OF_MEMORY : CK_OK;
}

ck_chunk ck_chunk_at(const ck_geometry *g, int32_t index) {
  ck_chunk chunk = {
      .x = index % g->across * g->columns,
      .y = index / g->across % g->down * g->rows,
      .image = index / (g->across * g->down) * g->images,
  };
  chunk.columns = least(g->columns, g->out_width - chunk.x);
  chunk.rows = least(g->rows, g->out_height - chunk.y);
  chunk.images = least(g->images, g->call->batch - chunk.image);
  return chunk;
}

int32_t ck_chunk_rows(const ck_geometry *g) {
  return g->images * g->rows * up(g->columns, g->run) * g->run;
}

int64_t ck_halo_bytes(const ck_geometry *g) {
  int64_t past = (int64_t)(CK_MAX_TILE * g->call->stride + g->kernel_w);
  return ((int64_t)g->images * g->halo_rows * g->halo_columns + past) * g->pixel_bytes;
}

int64_t ck_expanded_bytes(const ck_geometry *g) {
  if (!g->expanded)
    return 0;
  return ((int64_t)ck_chunk_rows(g) + CK_MAX_TILE) * g->kernel_h * g->kernel_w * g->pixel_bytes;
}
