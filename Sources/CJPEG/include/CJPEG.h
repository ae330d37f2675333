#ifndef ATELIER_CJPEG_H
#define ATELIER_CJPEG_H

#include <stddef.h>
#include <stdint.h>

// libjpeg reports errors by a callback that must not return; here it longjmps, which must not cross Swift
// frames: this function catches it and returns a status. Nothing keeps state between calls.

enum {
  CJPEG_OK = 0,
  CJPEG_MALFORMED = 1, // `reason` has libjpeg's words
  CJPEG_TOO_LARGE = 2, // the header's size is over the limits; `width` and `height` say what it is
  CJPEG_OUT_OF_MEMORY = 3,
};

typedef struct {
  uint32_t max_side;
  uint64_t max_pixels;
  int max_scans; // of a progressive file: each costs a pass over all pixels
} cjpeg_limits;

/// What was read. The pointers are owned by the caller and freed by `cjpeg_release`; absent ones are null.
typedef struct {
  uint32_t width;
  uint32_t height;
  uint8_t *data; // RGB rows as stored, not turned
  size_t size;
  uint8_t *profile; // an ICC profile
  size_t profile_size;
  uint8_t *exif; // the TIFF structure of an Exif segment
  size_t exif_size;
  char reason[200];
} cjpeg_result;

/// Reads a JPEG as 8-bit RGB; CMYK is multiplied out. The limits are checked before pixels are allocated, and
/// a file that ends too early is malformed.
int cjpeg_read(const uint8_t *bytes, size_t size, const cjpeg_limits *limits, cjpeg_result *result);

/// Frees what a result owns and empties it.
void cjpeg_release(cjpeg_result *result);

#endif
