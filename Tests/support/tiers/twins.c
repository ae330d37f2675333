// Whether `cpu:amxint8` and `cpu:avx512vnni` give the same bytes: they multiply the same 8-bit integers and
// add the same float32 numbers in the same order where channels are whole steps of 64 and inputs are numbers
// that bfloat16 holds. Prints each shape that differs; exit 1 if one does.

#include "CKernels.h"

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

extern const ck_backend ck_cpu_amxint8_backend, ck_cpu_avx512vnni_backend;

typedef struct shape {
  int batch, height, width, channels1, channels2, outputs, kernel, stride, enlarged;
  int gated; // a linear layer of `width` rows
} shape;

static const shape shapes[] = {
    {.batch = 1, .height = 5, .width = 7, .channels1 = 64, .outputs = 33, .kernel = 3, .stride = 1},
    {.batch = 2, .height = 3, .width = 70, .channels1 = 64, .outputs = 72, .kernel = 3, .stride = 1},
    {.batch = 2,
     .height = 6,
     .width = 6,
     .channels1 = 64,
     .channels2 = 128,
     .outputs = 40,
     .kernel = 3,
     .stride = 1},
    {.batch = 1, .height = 4, .width = 4, .channels1 = 320, .outputs = 64, .kernel = 3, .stride = 1},
    {.batch = 1, .height = 4, .width = 3, .channels1 = 704, .outputs = 32, .kernel = 1, .stride = 1},
    {.batch = 2, .height = 9, .width = 9, .channels1 = 128, .outputs = 96, .kernel = 3, .stride = 2},
    {.batch = 1,
     .height = 5,
     .width = 5,
     .channels1 = 64,
     .outputs = 40,
     .kernel = 3,
     .stride = 1,
     .enlarged = 2},
    {.batch = 1,
     .height = 1,
     .width = 9,
     .channels1 = 64,
     .outputs = 64,
     .kernel = 1,
     .stride = 1,
     .gated = 1},
    {.batch = 1,
     .height = 1,
     .width = 1100,
     .channels1 = 768,
     .outputs = 128,
     .kernel = 1,
     .stride = 1,
     .gated = 1},
};

static void expect(ck_status status, const char *what) {
  if (status == CK_OK)
    return;
  fprintf(stderr, "%s: %s\n", what, ck_status_text(status));
  exit(2);
}

static void *room(size_t bytes) {
  void *memory = calloc(1, bytes);
  if (memory == NULL)
    exit(2);
  return memory;
}

// Sixty-fourths between −2 and 2, of 7 bits.
static float *numbers(size_t count, uint64_t seed) {
  float *list = room(count * sizeof *list);
  for (size_t i = 0; i < count; i++) {
    seed = seed * 6364136223846793005u + 1442695040888963407u;
    list[i] = (float)((int)(seed >> 56) - 128) / 64;
  }
  return list;
}

// As the device stores activations.
static ck_operand stored(const float *x, size_t count, int32_t type) {
  void *data = room(count * sizeof(float));
  for (size_t i = 0; i < count; i++) {
    uint32_t bits;
    memcpy(&bits, &x[i], sizeof bits);
    uint16_t upper = (uint16_t)(bits >> 16);
    if (type == CK_BF16)
      memcpy((uint16_t *)data + i, &upper, sizeof upper);
    else
      memcpy((float *)data + i, &bits, sizeof bits);
  }
  return (ck_operand){data, type};
}

static ck_operand activations(const shape *s, int channels, uint64_t seed, int32_t type) {
  size_t count = (size_t)(s->batch * s->height * s->width) * (size_t)channels;
  float *x = numbers(count, seed);
  ck_operand operand = stored(x, count, type);
  free(x);
  return operand;
}

static ck_weights *packed(const shape *s, const ck_backend *backend, ck_device *device) {
  int inputs = s->channels1 + s->channels2;
  float *weight = numbers((size_t)(s->outputs * inputs * s->kernel * s->kernel), 3);
  float *bias = numbers((size_t)s->outputs, 4);
  ck_pack_call pack = {.weight = weight,
                       .bias = bias,
                       .outputs = s->outputs,
                       .inputs = inputs,
                       .kernel_h = s->kernel,
                       .kernel_w = s->kernel,
                       .gated = s->gated};
  ck_weights *weights;
  expect(backend->pack(device, &pack, &weights), "pack");
  free(weight);
  free(bias);
  return weights;
}

// What a backend makes of a shape, as float32; `*bytes` is their size.
static float *made(const shape *s, const ck_backend *backend, size_t *bytes) {
  ck_device *device;
  ck_device_info info;
  expect(backend->open(&(ck_open_options){.threads = 2, .precision = CK_PRECISION_INT8}, &device),
         backend->name);
  expect(backend->describe(device, &info), "describe");
  ck_weights *weights = packed(s, backend, device);
  ck_operand x1 = activations(s, s->channels1, 1, info.activation_type), x2 = {0};
  if (s->channels2 > 0)
    x2 = activations(s, s->channels2, 2, info.activation_type);
  int enlarged = s->enlarged > 0 ? s->enlarged : 1, pad = s->kernel / 2;
  int height = (s->height * enlarged + 2 * pad - s->kernel) / s->stride + 1;
  int width = (s->width * enlarged + 2 * pad - s->kernel) / s->stride + 1;
  *bytes = (size_t)(s->batch * height * width * (s->gated ? s->outputs / 2 : s->outputs)) * sizeof(float);
  ck_operand out = {room(*bytes), CK_F32};
  ck_linear_call linear = {.x = x1, .out = out, .weights = weights, .rows = s->width};
  ck_conv_call conv = {.x1 = x1,
                       .x2 = x2,
                       .out = out,
                       .weights = weights,
                       .batch = s->batch,
                       .channels1 = s->channels1,
                       .channels2 = s->channels2,
                       .source_height = s->height,
                       .source_width = s->width,
                       .in_height = s->height * enlarged,
                       .in_width = s->width * enlarged,
                       .stride = s->stride,
                       .pad_top = pad,
                       .pad_left = pad,
                       .pad_bottom = pad,
                       .pad_right = pad};
  expect(s->gated ? backend->linear(device, &linear) : backend->conv(device, &conv), "product");
  backend->release_weights(device, weights);
  backend->close(device);
  free(x1.data);
  free(x2.data);
  return out.data;
}

int main(void) {
  int differ = 0;
  for (size_t i = 0; i < sizeof shapes / sizeof shapes[0]; i++) {
    size_t bytes, others;
    float *tiles = made(&shapes[i], &ck_cpu_amxint8_backend, &bytes);
    float *fours = made(&shapes[i], &ck_cpu_avx512vnni_backend, &others);
    double sum = 0;
    for (size_t k = 0; k < bytes / sizeof(float); k++)
      sum += fabs((double)tiles[k]);
    if (bytes != others || memcmp(tiles, fours, bytes) != 0 || !(sum > 0)) {
      printf("shape %zu differs\n", i);
      differ = 1;
    }
    free(tiles);
    free(fours);
  }
  return differ;
}
