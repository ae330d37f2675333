#ifndef ATELIER_X86_AMX_TILES_H
#define ATELIER_X86_AMX_TILES_H

#include "host/scalar.h"

#include <immintrin.h>

// Tiers that include this set the unit up for their products.
#define CK_TILE_UNIT 1

// Palette 1: eight tiles of 16 rows of 64 bytes.
__attribute__((target("amx-tile"))) CK_INLINE void begin_tiles(void) {
  struct {
    uint8_t palette, start_row, reserved[14];
    uint16_t row_bytes[16];
    uint8_t rows[16];
  } config = {.palette = 1};
  for (int i = 0; i < 8; i++) {
    config.row_bytes[i] = 64;
    config.rows[i] = 16;
  }
  _tile_loadconfig(&config);
}

__attribute__((target("amx-tile"))) CK_INLINE void end_tiles(void) {
  _tile_release();
}

#endif
