#ifndef ATELIER_CPU_NORMALISE_H
#define ATELIER_CPU_NORMALISE_H

// What a group norm does to a pixel once its factors are known; convolutions do it as they read.

#include "cpu/simd.h"

// The channels of one source, scaled, shifted and activated.
CK_INLINE void normalise(ck_store *to, const ck_store *x, const float *scale, const float *shift,
                         int32_t channels, int32_t activation) {
  for (int32_t c = 0; c < channels; c += CK_WIDTH) {
    int32_t left = channels - c;
    ck_v16 y =
        ck_load_most(x + c, left) * ck_load_most_f32(scale + c, left) + ck_load_most_f32(shift + c, left);
    ck_store_most(to + c, activation == CK_ACTIVATION_SILU ? ck_silu16(y) : y, left);
  }
}

#endif
