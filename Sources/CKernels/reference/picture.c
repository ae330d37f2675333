#include "reference.h"
#include "host/scalar.h"

enum { GRAIN = 16 * 1024 };

typedef struct plan {
  const float *x;
  uint8_t *out;
} plan;

// Adding 1.5·2²³ rounds half to even, as numpy's round does; the comparisons send NaN to 0.
CK_CLONES static void bytes_body(const void *context, int64_t begin, int64_t end, int thread) {
  (void)thread;
  const plan *plan = context;
  for (int64_t i = begin; i < end; i++) {
    float value = plan->x[i] * 0.5f + 0.5f;
    value = value > 0.0f ? value : 0.0f;
    value = value < 1.0f ? value : 1.0f;
    float shifted = value * 255.0f;
    shifted += 12582912.0f;
    uint32_t bits;
    memcpy(&bits, &shifted, sizeof bits);
    plan->out[i] = (uint8_t)(bits & 0xffu);
  }
}

ck_status ck_reference_to_bytes(ck_device *device, ck_operand x, void *out, int64_t elements) {
  if (x.type != CK_F32)
    return CK_UNSUPPORTED;
  plan plan = {x.data, out};
  ck_pool_run(device->pool, elements, GRAIN, bytes_body, &plan);
  return CK_OK;
}

CK_CLONES static uint64_t nonfinite(const float *x, int64_t elements) {
  uint64_t count = 0;
  for (int64_t i = 0; i < elements; i++) {
    uint32_t bits;
    memcpy(&bits, &x[i], sizeof bits);
    count += (bits & 0x7f800000u) == 0x7f800000u;
  }
  return count;
}

ck_status ck_reference_count_nonfinite(ck_device *device, ck_operand x, int64_t elements, uint64_t *count) {
  (void)device;
  *count = 0;
  if (x.type != CK_F32)
    return CK_UNSUPPORTED;
  *count = nonfinite(x.data, elements);
  return CK_OK;
}
