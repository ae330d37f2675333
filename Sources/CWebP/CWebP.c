#include "CWebP.h"

#include <stdlib.h>
#include <string.h>

#include <webp/decode.h>

static int status_of(VP8StatusCode code) {
  return code == VP8_STATUS_OK              ? CWEBP_OK
         : code == VP8_STATUS_OUT_OF_MEMORY ? CWEBP_OUT_OF_MEMORY
                                            : CWEBP_MALFORMED;
}

static int read_picture(const uint8_t *bytes, size_t size, const cwebp_limits *limits, cwebp_result *r) {
  WebPBitstreamFeatures features;
  int status = status_of(WebPGetFeatures(bytes, size, &features));
  if (status != CWEBP_OK)
    return status;
  if (features.has_animation)
    return CWEBP_ANIMATED;
  r->width = (uint32_t)features.width;
  r->height = (uint32_t)features.height;
  r->has_alpha = features.has_alpha;
  if (r->width > limits->max_side || r->height > limits->max_side ||
      (uint64_t)r->width * r->height > limits->max_pixels)
    return CWEBP_TOO_LARGE;
  size_t stride = (size_t)r->width * 4;
  r->size = stride * r->height;
  r->data = malloc(r->size);
  if (!r->data)
    return CWEBP_OUT_OF_MEMORY;
  return WebPDecodeRGBAInto(bytes, size, r->data, r->size, (int)stride) ? CWEBP_OK : CWEBP_MALFORMED;
}

int cwebp_read(const uint8_t *bytes, size_t size, const cwebp_limits *limits, cwebp_result *result) {
  memset(result, 0, sizeof *result);
  int status = read_picture(bytes, size, limits, result);
  if (status != CWEBP_OK)
    cwebp_release(result);
  return status;
}

void cwebp_release(cwebp_result *result) {
  free(result->data);
  result->data = NULL;
  result->size = 0;
}
