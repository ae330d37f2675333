#ifndef ATELIER_CPU_CONV_H
#define ATELIER_CPU_CONV_H

// Convolution: chunks of gathered input times blocks of weights.
//
// With many chunks each thread gathers its own, next to where it multiplies it. With few (small pictures,
// whose weights are what has to be read) all threads first gather everything, then share the blocks of
// columns, so that each weight is read by one thread.

#include "cpu/gather.h"
#include "cpu/multiply.h"

static const ck_chunk_rule tier_rule = {CK_CHUNK_ROWS, CK_CHUNK_BYTES, CK_STRIDED_ROWS};

typedef struct conv_plan {
  const ck_device *device;
  ck_geometry geometry;
  ck_product product;
  char *gathered; // where every chunk has a place of its own, or null
  int64_t halo_bytes, chunk_bytes;
  int32_t chunks, splits;
} conv_plan;

// What a thread's arena holds, in this order.
typedef struct conv_scratch {
  float *sums, *widened;
  ck_rows rows;
  ck_store *wide; // one pixel, where products are narrower than activations
  char *chunk;
} conv_scratch;

CK_INLINE int32_t whole_tiles(int32_t rows) {
  return tiles_of(rows) * CK_TILE_ROWS;
}
CK_INLINE size_t rows_bytes(int32_t rows) {
  return (size_t)whole_tiles(rows) * (sizeof(char *) + sizeof(int32_t)) + CK_ALIGNMENT;
}

CK_INLINE size_t wide_bytes(int32_t depth) {
  return CK_NARROW ? (size_t)depth * sizeof(ck_store) + CK_ALIGNMENT : 0;
}
CK_INLINE void *aligned_up(const void *address) {
  return (void *)(((uintptr_t)address + CK_ALIGNMENT - 1) / CK_ALIGNMENT * CK_ALIGNMENT);
}

// The scratch of a product of `rows` rows whose pixels have `depth` inputs.
static conv_scratch carve(void *arena, int32_t rows, int32_t depth) {
  conv_scratch s = {.sums = arena};
  s.widened = s.sums + sums_bytes(rows) / sizeof(float);
  s.rows.input = (const char **)(s.widened + CK_WIDENED);
  s.rows.out = (int32_t *)(s.rows.input + whole_tiles(rows));
  s.wide = aligned_up(s.rows.out + whole_tiles(rows));
  s.chunk = aligned_up((char *)s.wide + (CK_NARROW ? (size_t)depth * sizeof(ck_store) : 0));
  return s;
}
CK_INLINE size_t carved_bytes(int32_t rows, int32_t depth) {
  return sums_bytes(rows) + CK_WIDENED * sizeof(float) + rows_bytes(rows) + wide_bytes(depth);
}

static int32_t needed_rows(const ck_geometry *g, const ck_chunk *chunk) {
  return (chunk->rows - 1) * g->call->stride + g->kernel_h;
}

static void gather_rows(const ck_geometry *g, int32_t index, char *chunk_memory, ck_store *wide,
                        int32_t first, int32_t last) {
  ck_chunk chunk = ck_chunk_at(g, index);
  int32_t needed = needed_rows(g, &chunk);
  for (int32_t row = first; row < last; row++)
    if (row / g->halo_rows < chunk.images && row % g->halo_rows < needed)
      gather_row(g, &chunk, chunk_memory, wide, row);
}

static void expand_taps(const conv_plan *plan, int32_t index, char *chunk_memory, int32_t first,
                        int32_t last) {
  ck_chunk chunk = ck_chunk_at(&plan->geometry, index);
  for (int32_t tap = first; tap < last; tap++)
    expand_tap(&plan->geometry, &chunk, chunk_memory, chunk_memory + plan->halo_bytes, tap);
}

static void gather_body(const void *context, int64_t begin, int64_t end, int thread) {
  const conv_plan *plan = context;
  int32_t rows = plan->geometry.images * plan->geometry.halo_rows;
  conv_scratch s =
      carve(ck_arena(plan->device, thread), ck_chunk_rows(&plan->geometry), plan->product.weights->depth);
  for (int64_t item = begin; item < end; item++) {
    int32_t chunk = (int32_t)(item / rows), row = (int32_t)(item % rows);
    gather_rows(&plan->geometry, chunk, plan->gathered + chunk * plan->chunk_bytes, s.wide, row, row + 1);
  }
}

static void expand_body(const void *context, int64_t begin, int64_t end, int thread) {
  (void)thread;
  const conv_plan *plan = context;
  int32_t taps = plan->geometry.kernel_h * plan->geometry.kernel_w;
  for (int64_t item = begin; item < end; item++) {
    int32_t chunk = (int32_t)(item / taps), tap = (int32_t)(item % taps);
    expand_taps(plan, chunk, plan->gathered + chunk * plan->chunk_bytes, tap, tap + 1);
  }
}

static void conv_body(const void *context, int64_t begin, int64_t end, int thread) {
  const conv_plan *plan = context;
  const ck_geometry *g = &plan->geometry;
  const ck_weights *w = plan->product.weights;
  conv_scratch s = carve(ck_arena(plan->device, thread), ck_chunk_rows(g), w->depth);
  begin_tiles();
  for (int64_t item = begin; item < end; item++) {
    int32_t index = (int32_t)(item / plan->splits), split = (int32_t)(item % plan->splits);
    char *memory = plan->gathered != NULL ? plan->gathered + index * plan->chunk_bytes : s.chunk;
    if (plan->gathered == NULL) {
      gather_rows(g, index, memory, s.wide, 0, g->images * g->halo_rows);
      if (g->expanded)
        expand_taps(plan, index, memory, 0, g->kernel_h * g->kernel_w);
    }
    ck_chunk chunk = ck_chunk_at(g, index);
    list_rows(g, &chunk, memory, memory + plan->halo_bytes, &s.rows);
    multiply_chunk(&plan->product, &s.rows, s.sums, s.widened, split_begin(w, split, plan->splits),
                   split_begin(w, split + 1, plan->splits));
  }
  end_tiles();
}

// Memory of the plan: segments first, then the chunks where they are shared.
static ck_status reserve_conv(ck_device *device, conv_plan *plan) {
  const ck_geometry *g = &plan->geometry;
  const ck_weights *w = plan->product.weights;
  int shared = plan->chunks < 2 * device->threads;
  plan->halo_bytes = (ck_halo_bytes(g) + CK_ALIGNMENT - 1) / CK_ALIGNMENT * CK_ALIGNMENT;
  plan->chunk_bytes =
      (plan->halo_bytes + ck_expanded_bytes(g) + CK_ALIGNMENT - 1) / CK_ALIGNMENT * CK_ALIGNMENT;
  size_t table = (segment_bytes(w) + CK_ALIGNMENT - 1) / CK_ALIGNMENT * CK_ALIGNMENT;
  size_t arena = carved_bytes(ck_chunk_rows(g), w->depth);
  ck_status status = ck_reserve_arenas(device, arena + (shared ? 0 : (size_t)plan->chunk_bytes));
  if (status == CK_OK)
    status = ck_reserve_shared(device, table + (shared ? (size_t)(plan->chunk_bytes * plan->chunks) : 0));
  if (status != CK_OK)
    return status;
  plan->gathered = shared ? device->shared.memory + table : NULL;
  int32_t wanted = shared ? (8 * device->threads + plan->chunks - 1) / plan->chunks : 1;
  plan->splits = wanted < w->blocks ? wanted : w->blocks;
  return CK_OK;
}

// The epilogue comes from the caller: a linear layer may be run as a convolution too.
static ck_status run_conv(ck_device *device, const ck_conv_call *call, ck_epilogue epilogue) {
  conv_plan plan = {.device = device, .product = {.weights = call->weights, .epilogue = epilogue}};
  const ck_weights *w = call->weights;
  ck_status status = ck_plan_geometry(call, gathered_bytes(w->depth), tier_rule, &plan.geometry);
  const ck_geometry *g = &plan.geometry;
  if (status != CK_OK)
    return status;
  plan.chunks = ck_chunk_count(g);
  status = reserve_conv(device, &plan);
  if (status != CK_OK)
    return status;
  int32_t offsets[CK_MAX_KERNEL * CK_MAX_KERNEL];
  tap_offsets(g, offsets);
  cut_depth(&plan.product, device->shared.memory, offsets);
  plan.product.stride = g->pixel_bytes * (g->expanded ? 1 : call->stride);
  plan.product.epilogue.rows_per_image = (int64_t)g->out_height * g->out_width;
  if (plan.gathered != NULL) {
    ck_pool_run(device->pool, (int64_t)plan.chunks * g->images * g->halo_rows, 4, gather_body, &plan);
    if (g->expanded)
      ck_pool_run(device->pool, (int64_t)plan.chunks * g->kernel_h * g->kernel_w, 1, expand_body, &plan);
  }
  ck_pool_run(device->pool, (int64_t)plan.chunks * plan.splits, 1, conv_body, &plan);
  return CK_OK;
}

// Whether the product can read the input where it is.
static int is_linear(const ck_conv_call *call) {
  const ck_weights *w = call->weights;
  return w->kernel_h == 1 && w->kernel_w == 1 && call->stride == 1 && call->channels2 == 0 &&
         call->input_scale.data == NULL && call->pad_top == 0 && call->pad_left == 0 &&
         call->pad_bottom == 0 && call->pad_right == 0 && call->source_height == call->in_height &&
         call->source_width == call->in_width && call->channels1 == w->inputs &&
         call->channel_add.data == NULL;
}

#endif
