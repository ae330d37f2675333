#ifndef ATELIER_CWEBP_H
#define ATELIER_CWEBP_H

#include <stddef.h>
#include <stdint.h>

enum {
  CWEBP_OK = 0,
  CWEBP_MALFORMED = 1,
  CWEBP_TOO_LARGE = 2, // the header's size is over the limits; `width` and `height` say what it is
  CWEBP_OUT_OF_MEMORY = 3,
  CWEBP_ANIMATED = 4,
};

typedef struct {
  uint32_t max_side;
  uint64_t max_pixels;
} cwebp_limits;

/// What was read; `data` is owned by the caller and freed by `cwebp_release`.
typedef struct {
  uint32_t width;
  uint32_t height;
  uint8_t *data; // RGBA rows, colours not multiplied by alpha
  size_t size;
  int has_alpha;
} cwebp_result;

/// Reads a still WebP, lossy or lossless, as 8-bit RGBA. The limits are checked before pixels are allocated.
int cwebp_read(const uint8_t *bytes, size_t size, const cwebp_limits *limits, cwebp_result *result);

/// Frees what a result owns and empties it.
void cwebp_release(cwebp_result *result);

#endif
