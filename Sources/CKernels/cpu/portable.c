// The tier `cpu:portable`: plain C, which clang makes vectors of for whatever the compiler's base level is.

#include "cpu/cpu.h"

#define CK_STORE_BF16 0
#define CK_CONVERT_BF16 0
#define CK_F32_ROWS 2
#define CK_F32_VECTORS 1

#include "cpu/simd.h"

#include "cpu/kernel_f32.h"

static int tier_works(void) {
  return 1;
}

#define CK_TIER_BACKEND ck_cpu_portable_backend
#define CK_TIER_NAME "cpu:portable"
#define CK_TIER_PRECISIONS (1 << CK_PRECISION_FULL | 1 << CK_PRECISION_AUTO)

#include "cpu/backend.h"
