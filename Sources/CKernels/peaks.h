#ifndef ATELIER_PEAKS_H
#define ATELIER_PEAKS_H

// The loops that measure what a processor can multiply at best, one a level of instructions.

#include "CKernels.h"
#include "host/scalar.h"

enum { CK_PEAK_STEPS = 100 * 1000 };

typedef struct ck_peak_loop {
  const ck_backend *tier; // whose instructions it needs
  int32_t type;           // CK_F32 … CK_I16: what is multiplied
  double flops;           // of one run
  float (*run)(float factor);
} ck_peak_loop;

// Vectors of 16 floats are one register with AVX-512, two with AVX2, four with 128 bits. Chains of
// multiply-adds have to hide the latency of eight or so and stay in registers: 12, 6 or 3 of them.
typedef float ck_peak_vector __attribute__((ext_vector_type(16)));

#define CK_PEAK_FLOPS(chains) (2.0 * 16 * (chains)*CK_PEAK_STEPS)

CK_INLINE float ck_multiply_add(float factor, int chains) {
  ck_peak_vector sums[12];
  float total = 0;
  for (int c = 0; c < chains; c++)
    for (int l = 0; l < 16; l++)
      sums[c][l] = (float)(c + l);
  for (int64_t i = 0; i < CK_PEAK_STEPS; i++)
#pragma clang loop unroll(full)
    for (int c = 0; c < chains; c++)
      sums[c] = sums[c] * factor + 1.0f;
  for (int c = 0; c < chains; c++)
    for (int l = 0; l < 16; l++)
      total += sums[c][l];
  return total;
}

#if defined(__x86_64__)
enum { CK_X86_PEAK_LOOPS = 8 };
extern const ck_peak_loop ck_x86_peak_loops[CK_X86_PEAK_LOOPS];
#endif

#endif
