#ifndef ATELIER_CPU_LINEAR_H
#define ATELIER_CPU_LINEAR_H

// Linear layers: rows are read where they are, chunk by chunk. Where the inputs are not whole steps of the
// tier's product, the rows are gathered as a picture one pixel high.

#include "cpu/conv.h"

enum { CK_LINEAR_BYTES = CK_CHUNK_BYTES < 768 * 1024 ? 768 * 1024 : CK_CHUNK_BYTES }; // of a chunk's rows

typedef struct linear_plan {
  const ck_device *device;
  ck_product product;
  const char *x;
  int64_t row_bytes, rows;
  int32_t chunk_rows, chunks, splits;
} linear_plan;

// The rows of a chunk. The last tile of all is copied, so that a tile may read past it.
static void list_linear_rows(const linear_plan *plan, int64_t first, conv_scratch *s) {
  int64_t left = plan->rows - first;
  int32_t count = left < plan->chunk_rows ? (int32_t)left : plan->chunk_rows;
  int32_t whole = count / CK_TILE_ROWS * CK_TILE_ROWS, padded = whole_tiles(count);
  const char *from = plan->x + first * plan->row_bytes;
  if (whole < count)
    memcpy(s->chunk, from + whole * plan->row_bytes, (size_t)((count - whole) * plan->row_bytes));
  for (int32_t m = 0; m < padded; m++) {
    s->rows.input[m] = m < whole ? from + m * plan->row_bytes : s->chunk + (m - whole) * plan->row_bytes;
    s->rows.out[m] = m < count ? (int32_t)(first + m) : -1;
  }
  s->rows.count = padded;
}

static void linear_body(const void *context, int64_t begin, int64_t end, int thread) {
  const linear_plan *plan = context;
  const ck_weights *w = plan->product.weights;
  conv_scratch s = carve(ck_arena(plan->device, thread), plan->chunk_rows, w->depth);
  begin_tiles();
  for (int64_t item = begin; item < end; item++) {
    int32_t chunk = (int32_t)(item / plan->splits), split = (int32_t)(item % plan->splits);
    list_linear_rows(plan, (int64_t)chunk * plan->chunk_rows, &s);
    multiply_chunk(&plan->product, &s.rows, s.sums, s.widened, split_begin(w, split, plan->splits),
                   split_begin(w, split + 1, plan->splits));
  }
  end_tiles();
}

static ck_status run_linear(ck_device *device, const ck_linear_call *call, ck_epilogue epilogue) {
  const ck_weights *w = call->weights;
  linear_plan plan = {
      .device = device,
      .product = {.weights = w, .epilogue = epilogue},
      .x = call->x.data,
      .row_bytes = (int64_t)w->inputs * (int64_t)sizeof(ck_store),
      .rows = call->rows,
  };
  plan.product.epilogue.rows_per_image = call->rows;
  plan.product.stride = plan.row_bytes;
  // A chunk's rows are read anew for each block of columns: they should stay in the second cache.
  int64_t most = CK_LINEAR_BYTES / plan.row_bytes;
  most = most < 4 * CK_TILE_ROWS ? 4 * CK_TILE_ROWS : most < CK_CHUNK_ROWS ? most : CK_CHUNK_ROWS;
  int32_t parts = (int32_t)((call->rows + most - 1) / most);
  plan.chunk_rows = whole_tiles((int32_t)((call->rows + parts - 1) / parts));
  plan.chunks = (int32_t)((call->rows + plan.chunk_rows - 1) / plan.chunk_rows);
  int32_t wanted = (8 * device->threads + plan.chunks - 1) / plan.chunks;
  plan.splits = wanted < w->blocks ? wanted : w->blocks;
  size_t tail = (size_t)(CK_TILE_ROWS * plan.row_bytes);
  ck_status status = ck_reserve_arenas(device, carved_bytes(plan.chunk_rows, w->depth) + tail);
  if (status == CK_OK)
    status = ck_reserve_shared(device, segment_bytes(w));
  if (status != CK_OK)
    return status;
  int32_t offset = 0;
  cut_depth(&plan.product, device->shared.memory, &offset);
  ck_pool_run(device->pool, (int64_t)plan.chunks * plan.splits, 1, linear_body, &plan);
  return CK_OK;
}

static ck_status tier_linear(ck_device *device, const ck_linear_call *call) {
  const ck_weights *w = call->weights;
#if CK_NARROW
  if (w->delegate != NULL)
    return w->delegate->linear(device, call);
#endif
  if (call->x.type != CK_STORE_TYPE || (call->out.type != CK_STORE_TYPE && call->out.type != CK_F32) ||
      (call->residual.data != NULL && call->residual.type != CK_STORE_TYPE))
    return CK_UNSUPPORTED;
  if (call->rows < 1 || call->rows > INT32_MAX / 2 || w->kernel_h * w->kernel_w != 1 ||
      (w->gated && call->activation != CK_ACTIVATION_NONE))
    return CK_BAD_ARGUMENT;
  ck_epilogue epilogue = {
      .residual = call->residual.data,
      .out = call->out,
      .columns = ck_columns(w),
      .activation = call->activation,
      .gated = w->gated,
  };
  if (!CK_NARROW && w->depth == w->inputs)
    return run_linear(device, call, epilogue);
  ck_conv_call conv = {
      .x1 = call->x,
      .weights = w,
      .batch = 1,
      .channels1 = w->inputs,
      .source_height = 1,
      .source_width = (int32_t)call->rows,
      .in_height = 1,
      .in_width = (int32_t)call->rows,
      .stride = 1,
  };
  return run_conv(device, &conv, epilogue);
}

static ck_status tier_conv(ck_device *device, const ck_conv_call *call) {
  const ck_weights *w = call->weights;
#if CK_NARROW
  if (w->delegate != NULL)
    return w->delegate->conv(device, call);
#endif
  const ck_operand *operands[] = {&call->x1, &call->x2, &call->channel_add, &call->residual};
  for (size_t i = 0; i < sizeof operands / sizeof operands[0]; i++)
    if (operands[i]->data != NULL && operands[i]->type != CK_STORE_TYPE)
      return CK_UNSUPPORTED;
  if (call->out.type != CK_STORE_TYPE && call->out.type != CK_F32)
    return CK_UNSUPPORTED;
  if (w->gated)
    return CK_BAD_ARGUMENT;
  if (is_linear(call) && call->batch > 0 && call->source_height > 0 && call->source_width > 0) {
    ck_linear_call linear = {
        .x = call->x1,
        .residual = call->residual,
        .out = call->out,
        .weights = w,
        .rows = (int64_t)call->batch * call->source_height * call->source_width,
        .activation = call->activation,
    };
    return tier_linear(device, &linear);
  }
  ck_epilogue epilogue = {
      .channel_add = call->channel_add.data,
      .residual = call->residual.data,
      .out = call->out,
      .columns = w->outputs,
      .activation = call->activation,
  };
  return run_conv(device, call, epilogue);
}

#endif
