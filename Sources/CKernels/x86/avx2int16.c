// The tier `cpu:avx2int16`: activations in float32, convolutions and linear layers multiply 16-bit integers
// of 12 bits. Layers with few inputs or outputs, which cost nothing and whose errors are seen, stay in
// float32, and so does attention.

#include "cpu/cpu.h"

#if defined(__x86_64__)

#define CK_STORE_BF16 0
#define CK_CONVERT_BF16 0
#define CK_F16C 1
#define CK_F32_ROWS 6
#define CK_F32_VECTORS 1

#include <immintrin.h>

#pragma clang attribute push(__attribute__((target("avx2,fma,f16c"))), apply_to = function)

#include "cpu/simd.h"

#include "x86/kernel_int16.h"

static int try_product(void) {
  volatile int32_t pairs = 0x02000200;
  __m256i halves = _mm256_set1_epi32(pairs);
  return _mm256_extract_epi32(_mm256_madd_epi16(halves, halves), 7) == 2 * 0x200 * 0x200;
}

static int tier_works(void) {
  return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") && __builtin_cpu_supports("f16c") &&
         ck_tier_works(try_product);
}

#define CK_TIER_BACKEND ck_cpu_avx2int16_backend
#define CK_TIER_NAME "cpu:avx2int16"
#define CK_TIER_PRECISIONS (1 << CK_PRECISION_AUTO | 1 << CK_PRECISION_INT8)
#define CK_TIER_PRODUCT CK_I16
#define CK_TIER_DELEGATE(call) (is_delicate(call) ? &ck_cpu_avx2_backend : NULL)

#include "cpu/backend.h"

#pragma clang attribute pop

#endif
