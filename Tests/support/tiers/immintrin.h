#ifndef EMULATED_IMMINTRIN_H
#define EMULATED_IMMINTRIN_H

// The intrinsics of AVX-512 and AMX that the kernels' tiers use, as Intel's manual ("SDM") defines each, in
// plain C: found before the compiler's own header, it lets every tier run on any x86-64 processor. That
// proves numbers and indices; it proves nothing of speed.
//
// What an instruction leaves undefined is filled with JUNK, so that nobody relies on it.

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// Functions are compiled for the processor that runs them, whatever tier they belong to.
#define target(...) annotate("emulated")

#pragma clang diagnostic ignored "-Wpsabi"

#define EMULATED static inline __attribute__((always_inline, unused))

enum { JUNK = 0x5a };

#include "emulated_vectors.h"

#include "emulated_narrow.h"

#include "emulated_tiles.h"

#endif
