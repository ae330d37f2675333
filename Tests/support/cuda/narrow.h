// Numbers of two bytes in memory of any alignment: half precision, or bfloat16, rounded to the nearest.

#pragma once

#include <cstdint>
#include <cstring>

inline float narrow_at(const void *base, int64_t i, bool is_half) {
  uint16_t bits;
  memcpy(&bits, static_cast<const char *>(base) + 2 * i, 2);
  if (is_half) {
    _Float16 x;
    memcpy(&x, &bits, 2);
    return static_cast<float>(x);
  }
  uint32_t wide = static_cast<uint32_t>(bits) << 16;
  float x;
  memcpy(&x, &wide, 4);
  return x;
}

inline void put_narrow(void *base, int64_t i, bool is_half, float x) {
  uint16_t bits;
  if (is_half) {
    _Float16 narrow = static_cast<_Float16>(x);
    memcpy(&bits, &narrow, 2);
  } else {
    uint32_t wide;
    memcpy(&wide, &x, 4);
    bits = static_cast<uint16_t>((wide + 0x7fff + (wide >> 16 & 1)) >> 16);
  }
  memcpy(static_cast<char *>(base) + 2 * i, &bits, 2);
}
