#ifndef ATELIER_SCALAR_H
#define ATELIER_SCALAR_H

// exp, erf and the activations as branch-free scalar code, so that clang vectorises the loops they are in.

#include "CKernels.h"

#include <string.h>

#define CK_INLINE static inline __attribute__((always_inline))

// e^x within 2 ulp for |x| < 87, saturated outside: x = n·ln 2 + r, e^r by its Taylor polynomial of degree 7.
CK_INLINE float ck_exp(float x) {
  const float rounder = 12582912.0f; // 1.5·2²³: adding it rounds to an integer in the low bits
  x = x < -87.0f ? -87.0f : x;
  x = x > 88.0f ? 88.0f : x;
  float shifted = x * 1.44269504089f + rounder;
  float n = shifted - rounder;
  float r = x - n * 0.693359375f; // ln 2 in two parts, the first exact in 10 bits
  r = r + n * 2.12194440055e-4f;
  float p = 1.0f / 5040.0f;
  p = p * r + 1.0f / 720.0f;
  p = p * r + 1.0f / 120.0f;
  p = p * r + 1.0f / 24.0f;
  p = p * r + 1.0f / 6.0f;
  p = p * r + 0.5f;
  p = p * r + 1.0f;
  p = p * r + 1.0f;
  uint32_t bits;
  memcpy(&bits, &shifted, sizeof bits);
  bits = (bits + 127u) << 23;
  float power;
  memcpy(&power, &bits, sizeof power);
  return p * power;
}

// erf(x) within 3e-7: Abramowitz and Stegun, Handbook of Mathematical Functions, 7.1.26.
CK_INLINE float ck_erf(float x) {
  float a = x < 0 ? -x : x;
  float t = 1.0f / (1.0f + 0.3275911f * a);
  float p = 1.061405429f;
  p = p * t - 1.453152027f;
  p = p * t + 1.421413741f;
  p = p * t - 0.284496736f;
  p = p * t + 0.254829592f;
  float y = 1.0f - p * t * ck_exp(-a * a);
  return x < 0 ? -y : y;
}

CK_INLINE float ck_silu(float x) {
  return x / (1.0f + ck_exp(-x));
}
CK_INLINE float ck_gelu(float x) {
  return 0.5f * x * (1.0f + ck_erf(x * 0.70710678118f));
}
CK_INLINE float ck_quick_gelu(float x) {
  return x / (1.0f + ck_exp(-1.702f * x));
}

// y[i] = activation(y[i])
CK_INLINE void ck_activate_row(float *y, int64_t n, int32_t activation) {
  if (activation == CK_ACTIVATION_SILU)
    for (int64_t i = 0; i < n; i++)
      y[i] = ck_silu(y[i]);
  else if (activation == CK_ACTIVATION_GELU)
    for (int64_t i = 0; i < n; i++)
      y[i] = ck_gelu(y[i]);
  else if (activation == CK_ACTIVATION_QUICK_GELU)
    for (int64_t i = 0; i < n; i++)
      y[i] = ck_quick_gelu(y[i]);
}

// Half precision to single, subnormals included.
CK_INLINE float ck_from_f16(uint16_t half) {
  uint32_t sign = (uint32_t)(half & 0x8000u) << 16, magnitude = half & 0x7fffu;
  uint32_t bits = magnitude << 13;
  float value;
  if (magnitude >= 0x7c00u)
    bits |= 0x7f800000u; // infinity or not a number keeps its payload
  memcpy(&value, &bits, sizeof value);
  if (magnitude < 0x7c00u)
    value *= 0x1p112f; // re-bias the exponent
  memcpy(&bits, &value, sizeof bits);
  bits |= sign;
  memcpy(&value, &bits, sizeof value);
  return value;
}

CK_INLINE float ck_from_bf16(uint16_t brain) {
  uint32_t bits = (uint32_t)brain << 16;
  float value;
  memcpy(&value, &bits, sizeof value);
  return value;
}

// Element `index` of unaligned weights of a file.
CK_INLINE float ck_load(const void *source, int32_t type, int64_t index) {
  if (type == CK_F32) {
    float value;
    memcpy(&value, (const char *)source + index * 4, 4);
    return value;
  }
  uint16_t value;
  memcpy(&value, (const char *)source + index * 2, 2);
  return type == CK_F16 ? ck_from_f16(value) : ck_from_bf16(value);
}

#endif
