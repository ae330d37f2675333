#include "host/timestep.h"

#include <math.h>

// Angles in float as diffusers computes them: the angle's rounding is part of what a model was trained with.
ck_status ck_host_timestep_embedding(ck_device *device, const ck_timestep_call *call) {
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
