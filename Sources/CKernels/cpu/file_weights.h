#ifndef ATELIER_CPU_FILE_WEIGHTS_H
#define ATELIER_CPU_FILE_WEIGHTS_H

// Weights of a file, of any type and alignment, as float32.

#include "cpu/operands.h"

#include <string.h>

// `count` weights of a row of the file from the `from`-th on, row −1 being zeros.
static void load_weights(float *to, const ck_pack_call *call, int64_t row, int64_t from, int32_t count) {
  int64_t length = (int64_t)call->inputs * call->kernel_h * call->kernel_w, first = row * length + from;
  int32_t i = 0;
  if (row < 0) {
    memset(to, 0, (size_t)count * sizeof(float));
    return;
  }
  const char *x = (const char *)call->weight + first * (call->weight_type == CK_F32 ? 4 : 2);
  if (call->weight_type == CK_F32) {
    memcpy(to, x, (size_t)count * sizeof(float));
    return;
  }
  for (; i + CK_WIDTH <= count; i += CK_WIDTH) {
    ck_h16 half;
    memcpy(&half, x + i * 2, sizeof half);
    ck_store_f32(to + i, call->weight_type == CK_F16 ? ck_widen_f16(half) : ck_widen_bf16(half));
  }
  for (; i < count; i++)
    to[i] = ck_load(call->weight, call->weight_type, first + i);
}

#endif
