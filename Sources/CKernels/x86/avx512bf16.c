// The tier `cpu:avx512bf16`: activations and weights in bfloat16, sums in float32, VDPBF16PS. It is a tier
// only where that runs at twice the rate of float32; elsewhere `cpu:avx512` is as quick and more exact.

#include "cpu/cpu.h"

#if defined(__x86_64__)

#include "x86/instructions.h"

#include <immintrin.h>

#define CK_STORE_BF16 1
#define CK_CONVERT_BF16 1
#define CK_F32_ROWS 12
#define CK_F32_VECTORS 2

#pragma clang attribute push(                                                                                \
    __attribute__((target("avx512f,avx512bw,avx512vl,avx512dq,avx512bf16,avx2,fma,f16c"))),                  \
    apply_to = function)

#include "cpu/simd.h"

#include "x86/kernel_dpbf16.h"

static int try_product(void) {
  volatile int32_t pair = 0x40004000; // 2, 2
  __m512bh twos = (__m512bh)_mm512_set1_epi32(pair);
  __m512 product = _mm512_dpbf16_ps(_mm512_set1_ps(1), twos, twos);
  return _mm512_reduce_add_ps(product) == 9.0f * CK_WIDTH;
}

static int tier_works(void) {
  return ck_avx512_bf16_present() && ck_bf16_is_fast() && ck_tier_works(try_product);
}

#define CK_TIER_BACKEND ck_cpu_avx512bf16_backend
#define CK_TIER_NAME "cpu:avx512bf16"
#define CK_TIER_PRECISIONS (1 << CK_PRECISION_AUTO)

#include "cpu/backend.h"

#pragma clang attribute pop

#endif
