// The tier `cpu:avx512vnni`: activations in float32, convolutions and linear layers multiply 8-bit integers.
// Layers with few inputs or outputs, which cost nothing and whose errors are seen, stay in float32, and so
// does attention.

#include "cpu/cpu.h"

#if defined(__x86_64__)

#include "x86/instructions.h"

#include <immintrin.h>

#define CK_STORE_BF16 0
#define CK_CONVERT_BF16 0
#define CK_F32_ROWS 12
#define CK_F32_VECTORS 2

#pragma clang attribute push(                                                                                \
    __attribute__((target("avx512f,avx512bw,avx512vl,avx512dq,avx512vnni,avx2,fma,f16c"))),                  \
    apply_to = function)

#include "cpu/simd.h"

#include "x86/kernel_vnni.h"

static int try_product(void) {
  volatile int32_t fours = 0x02020202;
  __m512i twos = _mm512_set1_epi32(fours);
  return _mm512_reduce_add_epi32(_mm512_dpbusd_epi32(twos, twos, twos)) == 16 * (0x02020202 + 16);
}

static int tier_works(void) {
  return ck_avx512_vnni_present() && ck_tier_works(try_product);
}

#define CK_TIER_BACKEND ck_cpu_avx512vnni_backend
#define CK_TIER_NAME "cpu:avx512vnni"
#define CK_TIER_PRECISIONS (1 << CK_PRECISION_AUTO | 1 << CK_PRECISION_INT8)
#define CK_TIER_PRODUCT CK_I8
#define CK_TIER_DELEGATE(call) (is_delicate(call) ? &ck_cpu_avx512_backend : NULL)

#include "cpu/backend.h"

#pragma clang attribute pop

#endif
