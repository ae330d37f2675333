#ifndef ATELIER_SIMD_H
#define ATELIER_SIMD_H

// Vectors of 16 floats as the compiler's own vector type: two registers with AVX2, one with AVX-512. A tier
// says before it includes this whether its activations are stored as bfloat16 (CK_STORE_BF16) and whether
// the processor converts them itself (CK_CONVERT_BF16).

#include "CKernels.h"
#include "host/scalar.h"

// Everything here is inlined, so no vector is ever passed in a register of another level.
#pragma clang diagnostic ignored "-Wpsabi"

typedef float ck_v16 __attribute__((ext_vector_type(16)));
typedef float ck_v16u __attribute__((ext_vector_type(16), aligned(4), may_alias)); // at any address of floats
typedef int32_t ck_i16 __attribute__((ext_vector_type(16)));
typedef uint32_t ck_u16 __attribute__((ext_vector_type(16)));
typedef uint16_t ck_h16 __attribute__((ext_vector_type(16)));
typedef uint16_t ck_h16u __attribute__((ext_vector_type(16), aligned(2), may_alias));

enum { CK_WIDTH = 16 };

#if CK_STORE_BF16
typedef uint16_t ck_store;
enum { CK_STORE_TYPE = CK_BF16 };
#else
typedef float ck_store;
enum { CK_STORE_TYPE = CK_F32 };
#endif

CK_INLINE ck_v16 ck_splat(float x) {
  return (ck_v16)(x);
}

CK_INLINE ck_v16 ck_load_f32(const float *x) {
  return *(const ck_v16u *)x;
}
CK_INLINE void ck_store_f32(float *to, ck_v16 x) {
  *(ck_v16u *)to = x;
}

CK_INLINE ck_v16 ck_widen_bf16(ck_h16 x) {
  return (ck_v16)(__builtin_convertvector(x, ck_u16) << 16);
}

// Rounds to the nearest bfloat16, ties to even; what is not a number stays so.
CK_INLINE ck_h16 ck_narrow_bf16(ck_v16 x) {
#if CK_CONVERT_BF16
  return (ck_h16)_mm512_cvtneps_pbh((__m512)x);
#else
  ck_u16 bits = (ck_u16)(x);
  ck_u16 rounded = (bits + 0x7fff + ((bits >> 16) & 1)) >> 16;
  ck_u16 special = (ck_u16)(x != x);
  ck_u16 kept = (bits >> 16) | 0x40;
  return __builtin_convertvector((special & kept) | (~special & rounded), ck_h16);
#endif
}

CK_INLINE ck_v16 ck_load_bf16(const uint16_t *x) {
  return ck_widen_bf16(*(const ck_h16u *)x);
}
CK_INLINE void ck_store_bf16(uint16_t *to, ck_v16 x) {
  *(ck_h16u *)to = ck_narrow_bf16(x);
}

// One activation, and sixteen.
#if CK_STORE_BF16
CK_INLINE ck_v16 ck_load16(const ck_store *x) {
  return ck_load_bf16(x);
}
CK_INLINE void ck_store16(ck_store *to, ck_v16 x) {
  ck_store_bf16(to, x);
}
CK_INLINE float ck_load1(const ck_store *x) {
  return ck_from_bf16(*x);
}
#else
CK_INLINE ck_v16 ck_load16(const ck_store *x) {
  return ck_load_f32(x);
}
CK_INLINE void ck_store16(ck_store *to, ck_v16 x) {
  ck_store_f32(to, x);
}
CK_INLINE float ck_load1(const ck_store *x) {
  return *x;
}
#endif

// The first `count` < 16 of a vector; the others read as zero and are not written.
CK_INLINE ck_v16 ck_load_part_f32(const float *x, int64_t count) {
  float whole[CK_WIDTH] = {0};
  memcpy(whole, x, (size_t)count * sizeof(float));
  return ck_load_f32(whole);
}
CK_INLINE void ck_store_part_f32(float *to, ck_v16 x, int64_t count) {
  memcpy(to, &x, (size_t)count * sizeof(float));
}
#if CK_STORE_BF16
CK_INLINE ck_v16 ck_load_part(const ck_store *x, int64_t count) {
  ck_h16 half = 0;
  memcpy(&half, x, (size_t)count * sizeof(ck_store));
  return ck_widen_bf16(half);
}
CK_INLINE void ck_store_part(ck_store *to, ck_v16 x, int64_t count) {
  ck_h16 half = ck_narrow_bf16(x);
  memcpy(to, &half, (size_t)count * sizeof(ck_store));
}
#else
CK_INLINE ck_v16 ck_load_part(const ck_store *x, int64_t count) {
  return ck_load_part_f32(x, count);
}
CK_INLINE void ck_store_part(ck_store *to, ck_v16 x, int64_t count) {
  ck_store_part_f32(to, x, count);
}
#endif

// Loads or stores min(count, 16) elements.
CK_INLINE ck_v16 ck_load_most(const ck_store *x, int64_t count) {
  return count >= CK_WIDTH ? ck_load16(x) : ck_load_part(x, count);
}
CK_INLINE void ck_store_most(ck_store *to, ck_v16 x, int64_t count) {
  if (count >= CK_WIDTH)
    ck_store16(to, x);
  else
    ck_store_part(to, x, count);
}
CK_INLINE ck_v16 ck_load_most_f32(const float *x, int64_t count) {
  return count >= CK_WIDTH ? ck_load_f32(x) : ck_load_part_f32(x, count);
}

CK_INLINE ck_v16 ck_min(ck_v16 a, ck_v16 b) {
  return a < b ? a : b;
}
CK_INLINE ck_v16 ck_max(ck_v16 a, ck_v16 b) {
  return a > b ? a : b;
}

// The sum of the lanes, in pairs: an order that is fixed.
CK_INLINE float ck_sum_lanes(ck_v16 x) {
  typedef float v8 __attribute__((ext_vector_type(8)));
  typedef float v4 __attribute__((ext_vector_type(4)));
  v8 a = __builtin_shufflevector(x, x, 0, 1, 2, 3, 4, 5, 6, 7) +
         __builtin_shufflevector(x, x, 8, 9, 10, 11, 12, 13, 14, 15);
  v4 b = __builtin_shufflevector(a, a, 0, 1, 2, 3) + __builtin_shufflevector(a, a, 4, 5, 6, 7);
  return (b[0] + b[2]) + (b[1] + b[3]);
}
CK_INLINE float ck_max_lanes(ck_v16 x) {
  typedef float v8 __attribute__((ext_vector_type(8)));
  typedef float v4 __attribute__((ext_vector_type(4)));
  v8 low = __builtin_shufflevector(x, x, 0, 1, 2, 3, 4, 5, 6, 7);
  v8 high = __builtin_shufflevector(x, x, 8, 9, 10, 11, 12, 13, 14, 15);
  low = low > high ? low : high;
  v4 a = __builtin_shufflevector(low, low, 0, 1, 2, 3), b = __builtin_shufflevector(low, low, 4, 5, 6, 7);
  a = a > b ? a : b;
  float most = a[0] > a[1] ? a[0] : a[1], other = a[2] > a[3] ? a[2] : a[3];
  return most > other ? most : other;
}

// Whether a comparison holds in any lane.
CK_INLINE int ck_any_lane(ck_i16 x) {
  return __builtin_reduce_or(x) != 0;
}

// e^x within 2 ulp for |x| < 87, saturated outside; as ck_exp in host/scalar.h.
CK_INLINE ck_v16 ck_exp16(ck_v16 x) {
  const ck_v16 rounder = ck_splat(12582912.0f);
  x = ck_min(ck_max(x, ck_splat(-87.0f)), ck_splat(88.0f));
  ck_v16 shifted = x * 1.44269504089f + rounder;
  ck_v16 n = shifted - rounder;
  ck_v16 r = x - n * 0.693359375f;
  r = r + n * 2.12194440055e-4f;
  ck_v16 p = r * (1.0f / 5040.0f) + (1.0f / 720.0f);
  p = p * r + (1.0f / 120.0f);
  p = p * r + (1.0f / 24.0f);
  p = p * r + (1.0f / 6.0f);
  p = p * r + 0.5f;
  p = p * r + 1.0f;
  p = p * r + 1.0f;
  ck_i16 power = ((ck_i16)(shifted) + 127) << 23;
  return p * (ck_v16)(power);
}

// 2^x for −126 ≤ x ≤ 127, saturated outside; within 2 ulp, or, where it will be stored as bfloat16, within
// 2^-15.
CK_INLINE ck_v16 ck_exp2_16(ck_v16 x) {
  const ck_v16 rounder = ck_splat(12582912.0f);
  x = ck_min(ck_max(x, ck_splat(-126.0f)), ck_splat(127.0f));
  ck_v16 shifted = x + rounder;
  ck_v16 r = x - (shifted - rounder); // −½ … ½
  // Taylor's series of e^(r·ln 2).
#if CK_STORE_BF16
  ck_v16 p = r * 9.618129e-3f + 5.5504109e-2f;
#else
  ck_v16 p = r * 1.5403530e-4f + 1.3333558e-3f;
  p = p * r + 9.6181291e-3f;
  p = p * r + 5.5504109e-2f;
#endif
  p = p * r + 2.4022651e-1f;
  p = p * r + 6.9314718e-1f;
  p = p * r + 1.0f;
  ck_i16 power = ((ck_i16)(shifted) + 127) << 23;
  return p * (ck_v16)power;
}

// erf within 3e-7; as ck_erf.
CK_INLINE ck_v16 ck_erf16(ck_v16 x) {
  ck_v16 a = __builtin_elementwise_abs(x);
  ck_v16 t = 1.0f / (1.0f + 0.3275911f * a);
  ck_v16 p = t * 1.061405429f - 1.453152027f;
  p = p * t + 1.421413741f;
  p = p * t - 0.284496736f;
  p = p * t + 0.254829592f;
  return __builtin_elementwise_copysign(1.0f - p * t * ck_exp16(-a * a), x);
}

CK_INLINE ck_v16 ck_silu16(ck_v16 x) {
  return x / (1.0f + ck_exp16(-x));
}
CK_INLINE ck_v16 ck_gelu16(ck_v16 x) {
  return 0.5f * x * (1.0f + ck_erf16(x * 0.70710678118f));
}
CK_INLINE ck_v16 ck_quick_gelu16(ck_v16 x) {
  return x / (1.0f + ck_exp16(-1.702f * x));
}
CK_INLINE ck_v16 ck_activate16(ck_v16 x, int32_t activation) {
  switch (activation) {
  case CK_ACTIVATION_SILU:
    return ck_silu16(x);
  case CK_ACTIVATION_GELU:
    return ck_gelu16(x);
  case CK_ACTIVATION_QUICK_GELU:
    return ck_quick_gelu16(x);
  default:
    return x;
  }
}

#endif
