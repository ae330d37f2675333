#ifndef ATELIER_HOST_PACKING_H
#define ATELIER_HOST_PACKING_H

#include <stdint.h>

enum { CK_BLOCK = 32 }; // columns of a packed block: two vectors of 16 floats

// Which row of the file lane `lane` of a block holds, or −1 for padding. Gated: lanes 0…15 are values, 16…31
// their gates.
static inline int64_t ck_packed_row(int32_t outputs, int32_t gated, int64_t block, int32_t lane) {
  if (!gated) {
    int64_t row = block * CK_BLOCK + lane;
    return row < outputs ? row : -1;
  }
  int32_t half = outputs / 2, values = CK_BLOCK / 2;
  int64_t column = block * values + lane % values;
  return column < half ? column + (lane < values ? 0 : half) : -1;
}

#endif
