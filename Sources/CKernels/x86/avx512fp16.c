// The tier `cpu:avx512fp16`: activations in float32, weights and the factors of products in half precision,
// their sums in float32 from one chain of products to the next.

#include "cpu/cpu.h"

#if defined(__x86_64__)

#include "x86/instructions.h"

#include <immintrin.h>

#define CK_STORE_BF16 0
#define CK_CONVERT_BF16 0
#define CK_F32_ROWS 12
#define CK_F32_VECTORS 2
#define CK_ATTENTION_FP16 1

#pragma clang attribute push(                                                                                \
    __attribute__((target("avx512f,avx512bw,avx512vl,avx512dq,avx512fp16,avx2,fma,f16c"))),                  \
    apply_to = function)

#include "cpu/simd.h"

#include "x86/kernel_fp16.h"

static int try_product(void) {
  volatile _Float16 x = 3;
  __m512h threes = _mm512_set1_ph(x);
  return _mm512_reduce_add_ph(_mm512_fmadd_ph(threes, threes, threes)) == 12 * 32;
}

static int tier_works(void) {
  return ck_avx512_fp16_present() && ck_tier_works(try_product);
}

#define CK_TIER_BACKEND ck_cpu_avx512fp16_backend
#define CK_TIER_NAME "cpu:avx512fp16"
#define CK_TIER_PRECISIONS (1 << CK_PRECISION_AUTO)
#define CK_TIER_PRODUCT CK_F16

#include "cpu/backend.h"

#pragma clang attribute pop

#endif
