#include "reference.h"

#include <math.h>
#include <string.h>

// Angles in float as diffusers computes them: the angle's rounding is part of what a model was trained with.
ck_status ck_reference_timestep_embedding(ck_device *device, const ck_timestep_call *call) {
  (void)device;
  if (call->out.type != CK_F32)
    return CK_UNSUPPORTED;
  int32_t half = call->dimension / 2;
  if (call->rows < 1 || half < 1 || (float)half - call->downscale_freq_shift <= 0)
    return CK_BAD_ARGUMENT;
  for (int32_t row = 0; row < call->rows; row++) {
    float *y = (float *)call->out.data + (int64_t)row * call->dimension;
    for (int32_t i = 0; i < half; i++) {
      float exponent = -9.210340371976184f * (float)i / ((float)half - call->downscale_freq_shift);
      float angle = call->timesteps[row] * expf(exponent);
      y[call->flip_sin_to_cos ? i + half : i] = sinf(angle);
      y[call->flip_sin_to_cos ? i : i + half] = cosf(angle);
    }
    if (call->dimension % 2 != 0)
      y[call->dimension - 1] = 0;
  }
  return CK_OK;
}

ck_status ck_reference_embedding(ck_device *device, const ck_embedding_call *call) {
  (void)device;
  const float *tokens = call->tokens.data, *positions = call->positions.data;
  if (call->tokens.type != CK_F32 || call->out.type != CK_F32 || call->positions.type != CK_F32)
    return CK_UNSUPPORTED;
  if (call->rows < 1 || call->length < 1 || call->columns < 1)
    return CK_BAD_ARGUMENT;
  for (int32_t row = 0; row < call->rows; row++)
    if (call->ids[row] < 0 || call->ids[row] >= call->vocabulary)
      return CK_BAD_ARGUMENT;
  for (int32_t row = 0; row < call->rows; row++) {
    const float *token = tokens + (int64_t)call->ids[row] * call->columns;
    float *y = (float *)call->out.data + (int64_t)row * call->columns;
    memcpy(y, token, (size_t)call->columns * sizeof(float));
    if (positions != NULL)
      for (int32_t c = 0; c < call->columns; c++)
        y[c] += positions[(int64_t)(row % call->length) * call->columns + c];
  }
  return CK_OK;
}
