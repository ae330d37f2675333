#ifndef ATELIER_CPU_EMBEDDING_H
#define ATELIER_CPU_EMBEDDING_H

// Vectors of timesteps and of tokens: small, made once a prompt or a schedule, on the calling thread.

#include "cpu/operands.h"

#include <math.h>

// Angles in float as diffusers computes them: the angle's rounding is part of what a model was trained with.
static ck_status tier_timestep_embedding(ck_device *device, const ck_timestep_call *call) {
  (void)device;
  if (call->out.type != CK_F32)
    return CK_UNSUPPORTED;
  int32_t half = call->dimension / 2;
  if (call->rows < 1 || half < 1 || (float)half - call->downscale_freq_shift <= 0)
    return CK_BAD_ARGUMENT;
  for (int32_t row = 0; row < call->rows; row++) {
    float *y = (float *)call->out.data + (int64_t)row * call->dimension;
    float *sines = y + (call->flip_sin_to_cos ? half : 0), *cosines = y + (call->flip_sin_to_cos ? 0 : half);
    for (int32_t i = 0; i < half; i++) {
      float exponent = -9.210340371976184f * (float)i / ((float)half - call->downscale_freq_shift);
      float angle = call->timesteps[row] * expf(exponent);
      sines[i] = sinf(angle);
      cosines[i] = cosf(angle);
    }
    if (call->dimension % 2 != 0)
      y[call->dimension - 1] = 0;
  }
  return CK_OK;
}

static void embed_row(const ck_embedding_call *call, int32_t row) {
  int64_t token = (int64_t)call->ids[row] * call->columns;
  int64_t position = (int64_t)(row % call->length) * call->columns;
  for (int32_t c = 0; c < call->columns; c += CK_WIDTH) {
    int64_t left = call->columns - c;
    ck_v16 y = ck_load_typed(call->tokens.data, call->tokens.type, token + c, left);
    if (call->positions.data != NULL)
      y += ck_load_typed(call->positions.data, call->positions.type, position + c, left);
    ck_store_typed(call->out.data, call->out.type, (int64_t)row * call->columns + c, y, left);
  }
}

static ck_status tier_embedding(ck_device *device, const ck_embedding_call *call) {
  (void)device;
  if (!type_is_known(call->tokens.type) || !type_is_known(call->positions.type) ||
      !type_is_written(call->out.type))
    return CK_UNSUPPORTED;
  if (call->rows < 1 || call->length < 1 || call->columns < 1)
    return CK_BAD_ARGUMENT;
  for (int32_t row = 0; row < call->rows; row++)
    if (call->ids[row] < 0 || call->ids[row] >= call->vocabulary)
      return CK_BAD_ARGUMENT;
  for (int32_t row = 0; row < call->rows; row++)
    embed_row(call, row);
  return CK_OK;
}

#endif
