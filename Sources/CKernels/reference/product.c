#include "product.h"
#include "scalar.h"

CK_CLONES void ck_tile_accumulate(float *acc, const float *const *pixels, const float *panel, int64_t count) {
  ck_v16 sum[CK_TILE][2];
  const float *x[CK_TILE];
  for (int p = 0; p < CK_TILE; p++) {
    x[p] = pixels[p];
    memcpy(&sum[p][0], acc + p * CK_BLOCK, sizeof(ck_v16));
    memcpy(&sum[p][1], acc + p * CK_BLOCK + 16, sizeof(ck_v16));
  }
  for (int64_t c = 0; c < count; c++) {
    ck_v16 w0, w1;
    memcpy(&w0, panel + c * CK_BLOCK, sizeof w0);
    memcpy(&w1, panel + c * CK_BLOCK + 16, sizeof w1);
    for (int p = 0; p < CK_TILE; p++) {
      float value = x[p][c];
      sum[p][0] += value * w0;
      sum[p][1] += value * w1;
    }
  }
  memcpy(acc, sum, sizeof sum);
}

CK_CLONES void ck_tile_finish(float *acc, const ck_epilogue *e, int64_t pixel, int32_t count) {
  for (int32_t p = 0; p < count; p++) {
    float *y = acc + p * CK_BLOCK;
    int64_t row = pixel + p;
    for (int c = 0; c < CK_BLOCK; c++)
      y[c] += e->bias[c];
    if (e->gated)
      for (int c = 0; c < 16; c++)
        y[c] *= ck_gelu(y[c + 16]);
    if (e->channel_add != NULL) {
      const float *add = e->channel_add + row / e->pixels_per_image * e->columns + e->first;
      for (int32_t c = 0; c < e->lanes; c++)
        y[c] += add[c];
    }
    ck_activate_row(y, CK_BLOCK, e->activation);
    int64_t at = row * e->columns + e->first;
    if (e->residual != NULL)
      for (int32_t c = 0; c < e->lanes; c++)
        y[c] += e->residual[at + c];
    for (int32_t c = 0; c < e->lanes; c++)
      e->out[at + c] = y[c];
  }
}
