#ifndef ATELIER_CPNG_H
#define ATELIER_CPNG_H

#include <stddef.h>
#include <stdint.h>

// libpng reports errors by longjmp, which must not cross Swift frames: these functions catch it and return a
// status. Nothing here keeps state between calls, so any thread may call.

enum {
  CPNG_OK = 0,
  CPNG_MALFORMED = 1, // `reason` has libpng's words
  CPNG_TOO_LARGE = 2, // the header's size is over the limits; `width` and `height` say what it is
  CPNG_OUT_OF_MEMORY = 3,
};

/// A text chunk. `text` is UTF-8 when `international`, else Latin-1; it holds no NUL.
typedef struct {
  const char *keyword;
  const char *text;
  size_t length;
  int international;
} cpng_text;

typedef struct {
  uint32_t max_side;
  uint64_t max_pixels;
  size_t max_text; // bytes of one text chunk after decompression
  int max_chunks;  // ancillary chunks that are kept
} cpng_limits;

/// What was read or written. `data` and `texts` are owned by the caller and freed by `cpng_release`.
typedef struct {
  uint32_t width;
  uint32_t height;
  uint8_t *data; // rows of pixels after reading, a whole file after writing
  size_t size;
  uint8_t *profile; // an ICC profile; null without one, or where the file says sRGB
  size_t profile_size;
  cpng_text *texts;
  int text_count;
  char reason[128];
} cpng_result;

/// Writes an 8-bit RGB picture; `rgb` has width·height·3 bytes.
int cpng_write(const uint8_t *rgb, uint32_t width, uint32_t height, int level, const cpng_text *texts,
               int text_count, cpng_result *result);

/// Reads any PNG as 8-bit RGB, transparency over white (`channels` 3), or as RGBA (4), its colours not
/// multiplied by alpha. The limits are checked before pixels are allocated.
int cpng_read(const uint8_t *bytes, size_t size, int channels, const cpng_limits *limits,
              cpng_result *result);

/// Frees what a result owns and empties it.
void cpng_release(cpng_result *result);

#endif
