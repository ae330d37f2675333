#ifndef ATELIER_CPU_ATTENTION_ROWS_H
#define ATELIER_CPU_ATTENTION_ROWS_H

// For kernels of attention that keep a query's scores, and its sums, in one row.

#include "cpu/attention_plan.h"

// The running maximum of one query grows to cover its new scores; what it has summed is scaled down.
static void raise_most(const attention_plan *plan, const float *scores, int32_t visible, float *sums,
                       float *most, float *total) {
  ck_v16 high = ck_splat(*most);
  for (int32_t j = 0; j < visible; j += CK_WIDTH)
    high = ck_max(first_lanes(ck_load_f32(scores + j), visible - j), high);
  float highest = ck_max_lanes(high);
  if (highest == *most)
    return;
  float keep = exp2f(*most - highest);
  *most = highest;
  *total *= keep;
  for (int32_t i = 0; i < plan->padded; i += CK_WIDTH)
    ck_store_f32(sums + i, ck_load_f32(sums + i) * keep);
}

#endif
