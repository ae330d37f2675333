// The tier `cpu:avx2`: float32, two registers of 8 floats a vector.

#include "cpu/cpu.h"

#if defined(__x86_64__)

#define CK_STORE_BF16 0
#define CK_CONVERT_BF16 0
#define CK_F16C 1
#define CK_F32_ROWS 6 // 12 accumulators of 8 floats, 2 of weights, 1 of activations: 15 of 16 registers
#define CK_F32_VECTORS 1

#pragma clang attribute push(__attribute__((target("avx2,fma,f16c"))), apply_to = function)

#include "cpu/simd.h"

#include "cpu/kernel_f32.h"

static int try_product(void) {
  volatile float x = 3;
  ck_v16 product = ck_splat(x) * 2.0f + ck_splat(x);
  return ck_sum_lanes(product) == 9.0f * CK_WIDTH;
}

static int tier_works(void) {
  return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") && __builtin_cpu_supports("f16c") &&
         ck_tier_works(try_product);
}

#define CK_TIER_BACKEND ck_cpu_avx2_backend
#define CK_TIER_NAME "cpu:avx2"
#define CK_TIER_PRECISIONS (1 << CK_PRECISION_FULL | 1 << CK_PRECISION_AUTO)

#include "cpu/backend.h"

#pragma clang attribute pop

#endif
