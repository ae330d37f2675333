#include "product.h"
#include "host/scalar.h"

// All 24 vectors in registers: for processors with 32 registers of 64 bytes.
CK_CLONES static void accumulate_whole(float *sums, int64_t stride, const float *const *rows,
                                       const float *panel, int64_t count) {
  ck_v16 sum[CK_TILE][2];
  const float *x[CK_TILE];
  for (int p = 0; p < CK_TILE; p++) {
    x[p] = rows[p];
    memcpy(&sum[p][0], sums + p * stride, sizeof(ck_v16));
    memcpy(&sum[p][1], sums + p * stride + 16, sizeof(ck_v16));
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
  for (int p = 0; p < CK_TILE; p++) {
    memcpy(sums + p * stride, &sum[p][0], sizeof(ck_v16));
    memcpy(sums + p * stride + 16, &sum[p][1], sizeof(ck_v16));
  }
}

enum { PART = 6 };

// A quarter at a time, 6 rows × 16 columns: what fits in 16 registers of 32 bytes.
CK_CLONES static void accumulate_part(float *sums, int64_t stride, const float *const *rows,
                                      const float *panel, int64_t count) {
  ck_v16 sum[PART];
  const float *x[PART];
  for (int p = 0; p < PART; p++) {
    x[p] = rows[p];
    memcpy(&sum[p], sums + p * stride, sizeof(ck_v16));
  }
  for (int64_t c = 0; c < count; c++) {
    ck_v16 w;
    memcpy(&w, panel + c * CK_BLOCK, sizeof w);
    for (int p = 0; p < PART; p++)
      sum[p] += x[p][c] * w;
  }
  for (int p = 0; p < PART; p++)
    memcpy(sums + p * stride, &sum[p], sizeof(ck_v16));
}

static int has_wide_registers(void) {
#if defined(__x86_64__)
  return __builtin_cpu_supports("x86-64-v4");
#else
  return 0;
#endif
}

void ck_tile_accumulate(float *sums, int64_t stride, const float *const *rows, const float *panel,
                        int64_t count) {
  if (has_wide_registers()) {
    accumulate_whole(sums, stride, rows, panel, count);
    return;
  }
  for (int first = 0; first < CK_TILE; first += PART)
    for (int column = 0; column < CK_BLOCK; column += 16)
      accumulate_part(sums + first * stride + column, stride, rows + first, panel + column, count);
}

CK_CLONES void ck_tile_finish(float *sums, const ck_epilogue *e, int64_t pixel, int32_t count) {
  for (int32_t p = 0; p < count; p++) {
    float *y = sums + p * CK_BLOCK;
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
