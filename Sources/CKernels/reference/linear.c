#include "product.h"

#include <string.h>

typedef struct plan {
  const ck_linear_call *call;
  int64_t tiles;
} plan;

static void body(const void *context, int64_t begin, int64_t end, int thread) {
  (void)thread;
  const plan *plan = context;
  const ck_linear_call *call = plan->call;
  const ck_weights *w = call->weights;
  const float *x = call->x.data;
  int32_t lanes = w->gated ? 16 : CK_BLOCK, columns = ck_columns(w);
  _Alignas(64) float acc[CK_TILE * CK_BLOCK];
  for (int64_t item = begin; item < end; item++) {
    int32_t block = (int32_t)(item / plan->tiles);
    int64_t first = item % plan->tiles * CK_TILE;
    int64_t left = call->rows - first;
    const float *rows[CK_TILE];
    for (int p = 0; p < CK_TILE; p++)
      rows[p] = x + (p < left ? first + p : call->rows - 1) * w->inputs;
    memset(acc, 0, sizeof acc);
    ck_tile_accumulate(acc, CK_BLOCK, rows, w->panels + (int64_t)block * w->inputs * CK_BLOCK, w->inputs);
    ck_epilogue epilogue = {
        .bias = w->bias + (int64_t)block * CK_BLOCK,
        .residual = call->residual.data,
        .out = call->out.data,
        .pixels_per_image = call->rows,
        .columns = columns,
        .first = block * lanes,
        .lanes = columns - block * lanes < lanes ? columns - block * lanes : lanes,
        .activation = call->activation,
        .gated = w->gated,
    };
    ck_tile_finish(acc, &epilogue, first, left < CK_TILE ? (int32_t)left : CK_TILE);
  }
}

ck_status ck_reference_linear(ck_device *device, const ck_linear_call *call) {
  const ck_weights *w = call->weights;
  if (call->x.type != CK_F32 || call->out.type != CK_F32)
    return CK_UNSUPPORTED;
  if (call->rows < 1 || w->kernel_h * w->kernel_w != 1 ||
      (w->gated && call->activation != CK_ACTIVATION_NONE))
    return CK_BAD_ARGUMENT;
  plan plan = {.call = call, .tiles = (call->rows + CK_TILE - 1) / CK_TILE};
  ck_pool_run(device->pool, plan.tiles * w->blocks, 1, body, &plan);
  return CK_OK;
}
