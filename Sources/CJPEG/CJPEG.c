#include "CJPEG.h"

#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jpeglib.h>

#include <jerror.h>

#define MAX_MEMORY (512L << 20)
#define EXIF_MARKER (JPEG_APP0 + 1)
#define PROFILE_MARKER (JPEG_APP0 + 2)

// Everything that must survive a longjmp lives here, not in local variables of the function that set it.
typedef struct {
  struct jpeg_error_mgr errors; // first: libjpeg hands back its address
  struct jpeg_progress_mgr progress;
  struct jpeg_decompress_struct jpeg;
  cjpeg_result *result;
  uint8_t *row; // one row of CMYK
  int max_scans;
  int status;
  jmp_buf back;
} context;

static void leave(context *c, int status, const char *reason) {
  c->status = status;
  snprintf(c->result->reason, sizeof c->result->reason, "%s", reason);
  longjmp(c->back, 1);
}

static void fail(j_common_ptr jpeg) {
  context *c = (context *)jpeg->err;
  char text[JMSG_LENGTH_MAX];
  jpeg->err->format_message(jpeg, text);
  leave(c, jpeg->err->msg_code == JERR_OUT_OF_MEMORY ? CJPEG_OUT_OF_MEMORY : CJPEG_MALFORMED, text);
}

// Warnings are about data that is wrong but can be guessed at. A file that ends too early is refused: half a
// picture is not what its owner meant.
static void warn(j_common_ptr jpeg, int level) {
  if (level >= 0)
    return;
  jpeg->err->num_warnings++;
  if (jpeg->err->msg_code == JWRN_JPEG_EOF || jpeg->err->msg_code == JWRN_HIT_MARKER)
    fail(jpeg);
}

static void watch(j_common_ptr jpeg) {
  context *c = (context *)jpeg->err;
  if (c->jpeg.input_scan_number > c->max_scans)
    leave(c, CJPEG_MALFORMED, "it has too many scans");
}

static uint8_t *allocate(context *c, size_t size) {
  uint8_t *memory = malloc(size);
  if (!memory)
    leave(c, CJPEG_OUT_OF_MEMORY, "out of memory");
  return memory;
}

static void check_size(context *c, const cjpeg_limits *limits) {
  cjpeg_result *r = c->result;
  r->width = c->jpeg.image_width;
  r->height = c->jpeg.image_height;
  if (r->width > limits->max_side || r->height > limits->max_side ||
      (uint64_t)r->width * r->height > limits->max_pixels)
    leave(c, CJPEG_TOO_LARGE, "the picture is too large");
}

static void keep_exif(context *c) {
  cjpeg_result *r = c->result;
  for (jpeg_saved_marker_ptr m = c->jpeg.marker_list; m; m = m->next) {
    if (m->marker != EXIF_MARKER || m->data_length <= 6 || memcmp(m->data, "Exif\0\0", 6) != 0)
      continue;
    r->exif = allocate(c, m->data_length - 6);
    r->exif_size = m->data_length - 6;
    memcpy(r->exif, m->data + 6, r->exif_size);
    return;
  }
}

static void keep_profile(context *c) {
  JOCTET *profile = NULL;
  unsigned int size = 0;
  if (jpeg_read_icc_profile(&c->jpeg, &profile, &size)) {
    c->result->profile = profile;
    c->result->profile_size = size;
  }
}

// Adobe's programs store CMYK inverted: 255 is no ink.
static void multiply(const context *c, uint8_t *rgb) {
  const uint8_t *cmyk = c->row;
  int inverted = c->jpeg.saw_Adobe_marker;
  for (JDIMENSION x = 0; x < c->jpeg.output_width; x++, cmyk += 4, rgb += 3) {
    unsigned key = inverted ? cmyk[3] : 255u - cmyk[3];
    for (int i = 0; i < 3; i++) {
      unsigned colour = inverted ? cmyk[i] : 255u - cmyk[i];
      rgb[i] = (uint8_t)((colour * key + 127) / 255);
    }
  }
}

static void read_picture(context *c, const uint8_t *bytes, size_t size, const cjpeg_limits *limits) {
  cjpeg_result *r = c->result;
  jpeg_create_decompress(&c->jpeg);
  c->jpeg.mem->max_memory_to_use = MAX_MEMORY;
  c->jpeg.progress = &c->progress;
  c->progress.progress_monitor = watch;
  jpeg_mem_src(&c->jpeg, bytes, size);
  jpeg_save_markers(&c->jpeg, EXIF_MARKER, 0xFFFF);
  jpeg_save_markers(&c->jpeg, PROFILE_MARKER, 0xFFFF);
  jpeg_read_header(&c->jpeg, TRUE);
  check_size(c, limits);
  keep_exif(c);
  keep_profile(c);
  int four = c->jpeg.jpeg_color_space == JCS_CMYK || c->jpeg.jpeg_color_space == JCS_YCCK;
  c->jpeg.out_color_space = four ? JCS_CMYK : JCS_RGB;
  jpeg_start_decompress(&c->jpeg);
  size_t stride = (size_t)r->width * 3;
  r->size = stride * r->height;
  r->data = allocate(c, r->size);
  if (four)
    c->row = allocate(c, (size_t)r->width * 4);
  while (c->jpeg.output_scanline < c->jpeg.output_height) {
    uint8_t *target = r->data + c->jpeg.output_scanline * stride;
    JSAMPROW row = four ? c->row : target;
    jpeg_read_scanlines(&c->jpeg, &row, 1);
    if (four)
      multiply(c, target);
  }
  jpeg_finish_decompress(&c->jpeg);
}

int cjpeg_read(const uint8_t *bytes, size_t size, const cjpeg_limits *limits, cjpeg_result *result) {
  memset(result, 0, sizeof *result);
  context *c = calloc(1, sizeof *c);
  if (!c)
    return CJPEG_OUT_OF_MEMORY;
  c->result = result;
  c->max_scans = limits->max_scans;
  c->jpeg.err = jpeg_std_error(&c->errors);
  c->errors.error_exit = fail;
  c->errors.emit_message = warn;
  if (setjmp(c->back) == 0)
    read_picture(c, bytes, size, limits);
  jpeg_destroy_decompress(&c->jpeg);
  int status = c->status;
  free(c->row);
  free(c);
  if (status != CJPEG_OK)
    cjpeg_release(result);
  return status;
}

void cjpeg_release(cjpeg_result *result) {
  free(result->data);
  free(result->profile);
  free(result->exif);
  result->data = result->profile = result->exif = NULL;
  result->size = result->profile_size = result->exif_size = 0;
}
