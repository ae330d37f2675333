// The tier `cpu:avx512`: float32, one register a vector.

#include "cpu/cpu.h"

#if defined(__x86_64__)

#include "x86/instructions.h"

#define CK_STORE_BF16 0
#define CK_CONVERT_BF16 0
#define CK_F16C 1
#define CK_F32_ROWS 12 // 24 accumulators, 2 of weights: 26 of 32 registers
#define CK_F32_VECTORS 2

#pragma clang attribute push(__attribute__((target("avx512f,avx512bw,avx512vl,avx512dq,avx2,fma,f16c"))),    \
                             apply_to = function)

#include "cpu/simd.h"

#include "cpu/kernel_f32.h"

static int try_product(void) {
  volatile float x = 3;
  ck_v16 product = ck_splat(x) * 2.0f + ck_splat(x);
  return ck_sum_lanes(product) == 9.0f * CK_WIDTH;
}

static int tier_works(void) {
  return ck_avx512_present() && ck_tier_works(try_product);
}

#define CK_TIER_BACKEND ck_cpu_avx512_backend
#define CK_TIER_NAME "cpu:avx512"
#define CK_TIER_PRECISIONS (1 << CK_PRECISION_FULL | 1 << CK_PRECISION_AUTO)

#include "cpu/backend.h"

#pragma clang attribute pop

#endif
