// The tier `cpu:amxint8`: activations in bfloat16 and attention by the tile unit as in `cpu:amx`;
// convolutions and linear layers multiply 8-bit integers there. Layers with few inputs or outputs, which cost
// nothing and whose errors are seen, stay in bfloat16.

#include "cpu/cpu.h"

#if defined(__x86_64__)

#include "x86/instructions.h"

#include <immintrin.h>

#define CK_STORE_BF16 1
#define CK_CONVERT_BF16 1
#define CK_F32_ROWS 12
#define CK_F32_VECTORS 2
#define CK_ATTENTION_AMX 1

#pragma clang attribute push(                                                                                \
    __attribute__((                                                                                          \
        target("amx-tile,amx-int8,amx-bf16,avx512f,avx512bw,avx512vl,avx512dq,avx512bf16,avx2,fma,f16c"))),  \
    apply_to = function)

#include "cpu/simd.h"

#include "x86/kernel_amx_int8.h"

// One product of two tiles of twos: 64 products of 4 each.
static int try_product(void) {
  uint8_t twos[16 * 64];
  int32_t sums[16 * 16];
  memset(twos, 2, sizeof twos);
  begin_tiles();
  _tile_zero(0);
  _tile_loadd(1, twos, 64);
  _tile_loadd(2, twos, 64);
  _tile_dpbusd(0, 1, 2);
  _tile_stored(0, sums, 64);
  end_tiles();
  for (int i = 0; i < 16 * 16; i++)
    if (sums[i] != 256)
      return 0;
  return 1;
}

static int tier_works(void) {
  return ck_amx_int8_allowed() && ck_tier_works(try_product);
}

#define CK_TIER_BACKEND ck_cpu_amxint8_backend
#define CK_TIER_NAME "cpu:amxint8"
#define CK_TIER_PRECISIONS (1 << CK_PRECISION_AUTO | 1 << CK_PRECISION_INT8)
#define CK_TIER_PRODUCT CK_I8
#define CK_TIER_DELEGATE(call) (is_delicate(call) ? &ck_cpu_amx_backend : NULL)

#include "cpu/backend.h"

#pragma clang attribute pop

#endif
