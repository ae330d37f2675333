#ifndef ATELIER_CPU_OPERANDS_H
#define ATELIER_CPU_OPERANDS_H

// Operands of any element type, sixteen elements at a time: for operations that memory limits, where the
// choice by type costs nothing.

#include "cpu/cpu.h"
#include "cpu/simd.h"

#include <string.h>

enum { CK_GRAIN = 16 * 1024 }; // elements worth waking a thread for

// What an operation may write: conversions to half precision are nobody's wish.
CK_INLINE int type_is_written(int32_t type) {
  return type == CK_F32 || type == CK_BF16;
}

// Half precision to single, subnormals included; as ck_from_f16. Tiers with CK_F16C have an instruction for
// it.
CK_INLINE ck_v16 ck_widen_f16(ck_h16 half) {
#if CK_F16C
  typedef _Float16 v16 __attribute__((ext_vector_type(16)));
  return __builtin_convertvector((v16)half, ck_v16);
#else
  ck_u16 bits = __builtin_convertvector(half, ck_u16);
  ck_u16 sign = (bits & 0x8000u) << 16, magnitude = (bits & 0x7fffu) << 13;
  ck_v16 finite = (ck_v16)magnitude * 0x1p112f;
  ck_u16 special = (ck_u16)(magnitude >= (0x7c00u << 13));
  ck_u16 value = (special & (magnitude | 0x7f800000u)) | (~special & (ck_u16)finite);
  return (ck_v16)(value | sign);
#endif
}

// The half of which ck_widen_f16 makes `x`.
CK_INLINE ck_h16 ck_narrow_widened_f16(ck_v16 x) {
  ck_u16 bits = (ck_u16)x, sign = bits >> 16 & 0x8000u, magnitude = bits & 0x7fffffffu;
  ck_u16 finite = (ck_u16)((ck_v16)magnitude * 0x1p-112f);
  ck_u16 special = (ck_u16)(magnitude >= 0x7f800000u);
  ck_u16 value = (special & magnitude) | (~special & finite);
  return __builtin_convertvector(sign | (value >> 13 & 0x7fffu), ck_h16);
}

// Elements `index` … + min(left, 16) − 1; the rest of the vector is zero.
CK_INLINE ck_v16 ck_load_typed(const void *data, int32_t type, int64_t index, int64_t left) {
  if (type == CK_F32)
    return ck_load_most_f32((const float *)data + index, left);
  ck_h16 half = 0;
  const uint16_t *from = (const uint16_t *)data + index;
  if (left >= CK_WIDTH)
    half = *(const ck_h16u *)from;
  else
    memcpy(&half, from, (size_t)left * sizeof(uint16_t));
  return type == CK_BF16 ? ck_widen_bf16(half) : ck_widen_f16(half);
}

CK_INLINE void ck_store_typed(void *data, int32_t type, int64_t index, ck_v16 x, int64_t left) {
  if (type == CK_F32) {
    float *to = (float *)data + index;
    if (left >= CK_WIDTH)
      ck_store_f32(to, x);
    else
      ck_store_part_f32(to, x, left);
    return;
  }
  ck_h16 half = ck_narrow_bf16(x);
  memcpy((uint16_t *)data + index, &half, (size_t)(left < CK_WIDTH ? left : CK_WIDTH) * sizeof(uint16_t));
}

// Sixteen numbers that `type` holds exactly.
CK_INLINE void ck_store_filed(void *data, int32_t type, int64_t index, ck_v16 x) {
  if (type == CK_F16)
    *(ck_h16u *)((uint16_t *)data + index) = ck_narrow_widened_f16(x);
  else
    ck_store_typed(data, type, index, x, CK_WIDTH);
}

#endif
