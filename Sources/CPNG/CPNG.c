#include "CPNG.h"

#include <png.h>
#include <setjmp.h>
#include <stdlib.h>
#include <string.h>

// Everything that must survive a longjmp lives here, not in local variables of the function that set it.
typedef struct {
  cpng_result *result;
  png_structp png;
  png_infop info;
  png_bytep *rows;
  png_textp texts;
  const uint8_t *input;
  size_t left;
  size_t capacity;
  int channels; // of each pixel read: 3, transparency over white, or 4
  int status;
} context;

static void fail(png_structp png, png_const_charp reason) {
  context *c = png_get_error_ptr(png);
  if (c->status == CPNG_OK)
    c->status = CPNG_MALFORMED;
  strncpy(c->result->reason, reason, sizeof c->result->reason - 1);
  png_longjmp(png, 1);
}

static void ignore(png_structp png, png_const_charp reason) {
  (void)png;
  (void)reason;
}

static void append(png_structp png, png_bytep data, size_t size) {
  context *c = png_get_io_ptr(png);
  cpng_result *r = c->result;
  if (size > c->capacity - r->size) {
    size_t wanted = c->capacity * 2 > r->size + size ? c->capacity * 2 : r->size + size;
    uint8_t *grown = realloc(r->data, wanted);
    if (!grown) {
      c->status = CPNG_OUT_OF_MEMORY;
      png_error(png, "out of memory");
    }
    r->data = grown;
    c->capacity = wanted;
  }
  memcpy(r->data + r->size, data, size);
  r->size += size;
}

static void flush(png_structp png) {
  (void)png;
}

static void take(png_structp png, png_bytep data, size_t size) {
  context *c = png_get_io_ptr(png);
  if (size > c->left)
    png_error(png, "the file ends too early");
  memcpy(data, c->input, size);
  c->input += size;
  c->left -= size;
}

static void write_picture(context *c, const uint8_t *rgb, const cpng_text *texts, int text_count, int level) {
  cpng_result *r = c->result;
  png_set_write_fn(c->png, c, append, flush);
  png_set_user_limits(c->png, 1 << 20, 1 << 20);
  png_set_compression_level(c->png, level);
  png_set_IHDR(c->png, c->info, r->width, r->height, 8, PNG_COLOR_TYPE_RGB, PNG_INTERLACE_NONE,
               PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
  for (int i = 0; i < text_count; i++) {
    png_textp text = &c->texts[i];
    text->compression = texts[i].international ? PNG_ITXT_COMPRESSION_NONE : PNG_TEXT_COMPRESSION_NONE;
    text->key = (png_charp)texts[i].keyword;
    text->text = (png_charp)texts[i].text;
    text->text_length = texts[i].international ? 0 : texts[i].length;
    text->itxt_length = texts[i].international ? texts[i].length : 0;
    text->lang = (png_charp) "";
    text->lang_key = (png_charp) "";
  }
  if (text_count > 0)
    png_set_text(c->png, c->info, c->texts, text_count);
  png_write_info(c->png, c->info);
  for (uint32_t y = 0; y < r->height; y++)
    png_write_row(c->png, rgb + (size_t)y * r->width * 3);
  png_write_end(c->png, c->info);
}

int cpng_write(const uint8_t *rgb, uint32_t width, uint32_t height, int level, const cpng_text *texts,
               int text_count, cpng_result *result) {
  memset(result, 0, sizeof *result);
  result->width = width;
  result->height = height;
  context c = {.result = result, .status = CPNG_OK};
  c.png = png_create_write_struct(PNG_LIBPNG_VER_STRING, &c, fail, ignore);
  c.info = c.png ? png_create_info_struct(c.png) : NULL;
  c.texts = calloc((size_t)text_count + 1, sizeof *c.texts);
  if (!c.info || !c.texts) {
    c.status = CPNG_OUT_OF_MEMORY;
  } else if (setjmp(png_jmpbuf(c.png)) == 0) {
    write_picture(&c, rgb, texts, text_count, level);
  }
  free(c.texts);
  if (c.png)
    png_destroy_write_struct(&c.png, &c.info);
  if (c.status != CPNG_OK)
    cpng_release(result);
  return c.status;
}

static void check_size(context *c, const cpng_limits *limits) {
  cpng_result *r = c->result;
  r->width = png_get_image_width(c->png, c->info);
  r->height = png_get_image_height(c->png, c->info);
  if (r->width > limits->max_side || r->height > limits->max_side ||
      (uint64_t)r->width * r->height > limits->max_pixels) {
    c->status = CPNG_TOO_LARGE;
    png_error(c->png, "the picture is too large");
  }
}

static void ask_for_pixels(context *c) {
  int type = png_get_color_type(c->png, c->info);
  int depth = png_get_bit_depth(c->png, c->info);
  png_set_expand(c->png);
  if (depth == 16)
    png_set_scale_16(c->png);
  if (type == PNG_COLOR_TYPE_GRAY || type == PNG_COLOR_TYPE_GRAY_ALPHA)
    png_set_gray_to_rgb(c->png);
  int transparent = (type & PNG_COLOR_MASK_ALPHA) || png_get_valid(c->png, c->info, PNG_INFO_tRNS);
  if (c->channels == 4 && !transparent) {
    png_set_add_alpha(c->png, 0xFFFF, PNG_FILLER_AFTER);
  } else if (c->channels == 3 && transparent) {
    png_color_16 white = {.red = 255, .green = 255, .blue = 255, .gray = 255};
    if (depth == 16)
      white.red = white.green = white.blue = white.gray = 65535;
    png_set_background(c->png, &white, PNG_BACKGROUND_GAMMA_SCREEN, 0, 1.0);
  }
  png_set_interlace_handling(c->png);
  png_read_update_info(c->png, c->info);
  if (png_get_rowbytes(c->png, c->info) != (size_t)c->result->width * (size_t)c->channels) {
    png_error(c->png, "unexpected pixel format");
  }
}

static void copy_texts(context *c) {
  png_textp texts = NULL;
  int count = png_get_text(c->png, c->info, &texts, NULL);
  if (count <= 0)
    return;
  cpng_result *r = c->result;
  r->texts = calloc((size_t)count, sizeof *r->texts);
  if (!r->texts) {
    c->status = CPNG_OUT_OF_MEMORY;
    png_error(c->png, "out of memory");
  }
  for (int i = 0; i < count; i++) {
    int international = texts[i].compression >= PNG_ITXT_COMPRESSION_NONE;
    size_t length = international ? texts[i].itxt_length : texts[i].text_length;
    char *text = malloc(length + 1);
    size_t key_length = strlen(texts[i].key);
    char *keyword = malloc(key_length + 1);
    // The count grows with the first allocation so that a failure frees what there is.
    r->texts[i] = (cpng_text){keyword, text, length, international};
    r->text_count = i + 1;
    if (!text || !keyword) {
      c->status = CPNG_OUT_OF_MEMORY;
      png_error(c->png, "out of memory");
    }
    memcpy(keyword, texts[i].key, key_length + 1);
    if (length > 0)
      memcpy(text, texts[i].text, length);
    text[length] = 0;
  }
}

// Where the file says sRGB, a profile beside it changes nothing.
static void copy_profile(context *c) {
  png_charp name;
  png_bytep profile;
  png_uint_32 size = 0;
  int method;
  if (png_get_valid(c->png, c->info, PNG_INFO_sRGB) ||
      !png_get_iCCP(c->png, c->info, &name, &method, &profile, &size) || size == 0)
    return;
  cpng_result *r = c->result;
  r->profile = malloc(size);
  if (!r->profile) {
    c->status = CPNG_OUT_OF_MEMORY;
    png_error(c->png, "out of memory");
  }
  memcpy(r->profile, profile, size);
  r->profile_size = size;
}

static void read_picture(context *c, const cpng_limits *limits) {
  cpng_result *r = c->result;
  png_set_read_fn(c->png, c, take);
  png_set_user_limits(c->png, 0x7fffffff, 0x7fffffff); // checked by check_size, which says what was found
  png_set_chunk_cache_max(c->png, (png_uint_32)limits->max_chunks);
  png_set_chunk_malloc_max(c->png, limits->max_text);
  png_read_info(c->png, c->info);
  check_size(c, limits);
  ask_for_pixels(c);
  size_t stride = (size_t)r->width * (size_t)c->channels;
  r->size = stride * r->height;
  r->data = malloc(r->size);
  c->rows = malloc(r->height * sizeof *c->rows);
  if (!r->data || !c->rows) {
    c->status = CPNG_OUT_OF_MEMORY;
    png_error(c->png, "out of memory");
  }
  for (uint32_t y = 0; y < r->height; y++)
    c->rows[y] = r->data + y * stride;
  png_read_image(c->png, c->rows);
  png_read_end(c->png, c->info);
  copy_texts(c);
  copy_profile(c);
}

int cpng_read(const uint8_t *bytes, size_t size, int channels, const cpng_limits *limits,
              cpng_result *result) {
  memset(result, 0, sizeof *result);
  context c = {.result = result, .input = bytes, .left = size, .channels = channels, .status = CPNG_OK};
  c.png = png_create_read_struct(PNG_LIBPNG_VER_STRING, &c, fail, ignore);
  c.info = c.png ? png_create_info_struct(c.png) : NULL;
  if (!c.info) {
    c.status = CPNG_OUT_OF_MEMORY;
  } else if (setjmp(png_jmpbuf(c.png)) == 0) {
    read_picture(&c, limits);
  }
  free(c.rows);
  if (c.png)
    png_destroy_read_struct(&c.png, &c.info, NULL);
  if (c.status != CPNG_OK)
    cpng_release(result);
  return c.status;
}

void cpng_release(cpng_result *result) {
  free(result->data);
  free(result->profile);
  result->profile = NULL;
  result->profile_size = 0;
  for (int i = 0; i < result->text_count; i++) {
    free((void *)result->texts[i].keyword);
    free((void *)result->texts[i].text);
  }
  free(result->texts);
  result->data = NULL;
  result->size = 0;
  result->texts = NULL;
  result->text_count = 0;
}
