// The tier `cpu:amx`: activations and weights in bfloat16, sums in float32, products and
// attention by the tile unit.

#include "cpu/cpu.h"

#if defined(__x86_64__)

#include "x86/amx_tiles.h"
#include "x86/instructions.h"

#define CK_STORE_BF16 1
#define CK_CONVERT_BF16 1
#define CK_F32_ROWS 12
#define CK_F32_VECTORS 2
#define CK_ATTENTION_AMX 1

#pragma clang attribute push(                                                                                \
    __attribute__((                                                                                          \
        target("amx-tile,amx-bf16,avx512f,avx512bw,avx512vl,avx512dq,avx512bf16,avx2,fma,f16c"))),           \
    apply_to = function)

#include "cpu/simd.h"

#include "x86/kernel_amx.h"

// One product of two tiles of twos: 32 products of 4 each.
static int try_product(void) {
  uint16_t twos[16 * 32];
  float sums[16 * 16];
  for (int i = 0; i < 16 * 32; i++)
    twos[i] = 0x4000;
  begin_tiles();
  _tile_zero(0);
  _tile_loadd(1, twos, 64);
  _tile_loadd(2, twos, 64);
  _tile_dpbf16ps(0, 1, 2);
  _tile_stored(0, sums, 64);
  end_tiles();
  for (int i = 0; i < 16 * 16; i++)
    if (sums[i] != 128.0f)
      return 0;
  return 1;
}

static int tier_works(void) {
  return ck_amx_bf16_allowed() && ck_tier_works(try_product);
}

#define CK_TIER_BACKEND ck_cpu_amx_backend
#define CK_TIER_NAME "cpu:amx"
#define CK_TIER_PRECISIONS (1 << CK_PRECISION_AUTO)

#include "cpu/backend.h"

#pragma clang attribute pop

#endif
