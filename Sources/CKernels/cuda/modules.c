#include "cuda/device.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// The kernels' text, in the binary.
#pragma clang diagnostic push
#pragma clang diagnostic ignored "-Wc23-extensions"
static const char params_text[] = {
#embed "kernels/params.h" suffix(, 0)
};
static const char prelude_text[] = {
#embed "kernels/prelude.cu" suffix(, 0)
};
static const char elementwise_text[] = {
#embed "kernels/elementwise.cu" suffix(, 0)
};
static const char norm_text[] = {
#embed "kernels/norm.cu" suffix(, 0)
};
static const char product_simple_text[] = {
#embed "kernels/product_simple.cu" suffix(, 0)
};
static const char product_text[] = {
#embed "kernels/product.cu" suffix(, 0)
};
static const char attention_simple_text[] = {
#embed "kernels/attention_simple.cu" suffix(, 0)
};
static const char attention_text[] = {
#embed "kernels/attention.cu" suffix(, 0)
};
#pragma clang diagnostic pop

enum { ELEMENTWISE, NORM, PRODUCT_SIMPLE, ATTENTION_SIMPLE, SIMPLE_MODULES, MOST_OPTIONS = 10, OPTION = 64 };

static const char *const simple_texts[] = {elementwise_text, norm_text, product_simple_text,
                                           attention_simple_text};

#define KERNEL_ROW(module, name) {module, #name},
static const struct {
  int module;
  const char *name;
} kernels[] = {CK_CUDA_KERNELS(KERNEL_ROW)};

#define TILE_ROW(rows, columns, row_warps, column_warps, rate) {rows, columns, row_warps, column_warps},
static const int tiles[][4] = {CK_CUDA_TILES(TILE_ROW)};
#define HEAD_ROW(size) size,
static const int heads[] = {CK_CUDA_HEADS(HEAD_ROW)};

// What a module is made from.
typedef struct recipe {
  char *text;
  char options[MOST_OPTIONS][OPTION];
  int option_count;
} recipe;

static void add_option(recipe *recipe, const char *name, int value) {
  snprintf(recipe->options[recipe->option_count++], OPTION, "-D%s=%d", name, value);
}

// Text and options of a module; the caller frees the text. Null text: no memory.
static recipe begin_recipe(const ck_device *device, const char *body) {
  recipe recipe = {0};
  size_t bytes = sizeof params_text + sizeof prelude_text + strlen(body) + 3;
  recipe.text = malloc(bytes);
  if (recipe.text != NULL)
    snprintf(recipe.text, bytes, "%s\n%s\n%s", params_text, prelude_text, body);
  // The chip's own features go by a letter: sm_90a, sm_100a.
  const char *own = device->major == 9 || device->major == 10 ? "a" : "";
  snprintf(recipe.options[0], OPTION, "--gpu-architecture=sm_%d%d%s", device->major, device->minor, own);
  snprintf(recipe.options[1], OPTION, "-std=c++17");
  recipe.option_count = 2;
  add_option(&recipe, "CK_STORAGE", device->type);
  return recipe;
}

static uint64_t recipe_key(const ck_device *device, const recipe *recipe) {
  int version[] = {device->api->compiler_major, device->api->compiler_minor};
  uint64_t key = ck_cuda_hash(0, version, sizeof version);
  for (int i = 0; i < recipe->option_count; i++)
    key = ck_cuda_hash(key, recipe->options[i], strlen(recipe->options[i]) + 1);
  return ck_cuda_hash(key, recipe->text, strlen(recipe->text));
}

// The first error of a compiler's log, for the failure's text.
static ck_status compile_failed(ck_device *device, ck_nvrtc_program program, int result) {
  const ck_cuda_libraries *api = device->api;
  size_t bytes = 0;
  char *log = NULL;
  if (api->nvrtcGetProgramLogSize(program, &bytes) == 0 && bytes > 0)
    log = calloc(bytes + 1, 1);
  if (log != NULL)
    api->nvrtcGetProgramLog(program, log);
  const char *error = log != NULL ? strstr(log, "error") : NULL;
  ck_cuda_fail(device, CK_UNAVAILABLE,
               "NVRTC %d.%d cannot compile for sm_%d%d (%d: %.200s); a newer nvidia-cuda-nvrtc may",
               api->compiler_major, api->compiler_minor, device->major, device->minor, result,
               error != NULL ? error
               : log != NULL ? log
                             : "");
  free(log);
  return CK_UNAVAILABLE;
}

// Compiles; the caller frees `image`.
static ck_status compile(ck_device *device, const recipe *recipe, void **image, size_t *bytes) {
  const ck_cuda_libraries *api = device->api;
  ck_nvrtc_program program = NULL;
  const char *words[MOST_OPTIONS];
  for (int i = 0; i < recipe->option_count; i++)
    words[i] = recipe->options[i];
  int result = api->nvrtcCreateProgram(&program, recipe->text, "atelier.cu", 0, NULL, NULL);
  if (result != 0)
    return ck_cuda_fail(device, CK_UNAVAILABLE, "NVRTC does not start (error %d)", result);
  result = api->nvrtcCompileProgram(program, recipe->option_count, words);
  ck_status status = result == 0 ? CK_OK : compile_failed(device, program, result);
  if (status == CK_OK && api->nvrtcGetCUBINSize(program, bytes) == 0)
    *image = malloc(*bytes > 0 ? *bytes : 1);
  if (status == CK_OK && (*image == NULL || api->nvrtcGetCUBIN(program, *image) != 0))
    status =
        ck_cuda_fail(device, CK_UNAVAILABLE, "NVRTC gave no code for sm_%d%d", device->major, device->minor);
  api->nvrtcDestroyProgram(&program);
  return status;
}

// From the cache where it is there and loads, else from the compiler.
static ck_status load(ck_device *device, const recipe *recipe, ck_cu_module *module) {
  if (recipe->text == NULL)
    return CK_OUT_OF_MEMORY;
  uint64_t key = recipe_key(device, recipe);
  size_t bytes = 0;
  void *image = ck_cuda_load_cached(device, key, &bytes);
  if (image != NULL && device->api->cuModuleLoadData(module, image) == 0) {
    free(image);
    return CK_OK;
  }
  free(image);
  image = NULL;
  ck_status status = compile(device, recipe, &image, &bytes);
  if (status == CK_OK)
    status = ck_cuda_check(device, device->api->cuModuleLoadData(module, image), "loading compiled kernels");
  if (status == CK_OK)
    ck_cuda_save_cached(device, key, image, bytes);
  free(image);
  return status;
}

static ck_status add_module(ck_device *device, recipe *recipe, ck_cu_module *module) {
  ck_status status = load(device, recipe, module);
  free(recipe->text);
  recipe->text = NULL;
  if (status == CK_OK)
    device->modules[device->module_count++] = *module;
  return status;
}

static ck_status find(ck_device *device, ck_cu_module module, const char *name, ck_cu_function *function) {
  return ck_cuda_check(device, device->api->cuModuleGetFunction(function, module, name), name);
}

ck_status ck_cuda_function(ck_device *device, int kernel, ck_cu_function *function) {
  ck_status status = CK_OK;
  if (device->functions[kernel] == NULL) {
    int module = kernels[kernel].module;
    recipe recipe = begin_recipe(device, simple_texts[module]);
    ck_cu_module loaded = NULL;
    status = add_module(device, &recipe, &loaded);
    for (int i = 0; i < CK_KERNEL_COUNT && status == CK_OK; i++)
      if (kernels[i].module == module)
        status = find(device, loaded, kernels[i].name, &device->functions[i]);
  }
  *function = device->functions[kernel];
  return status;
}

// Lets a kernel have more than the 48 KiB of shared memory it has unasked.
static ck_status allow_shared(ck_device *device, ck_cu_function function, int bytes) {
  if (bytes <= 48 * 1024)
    return CK_OK;
  return ck_cuda_check(device, device->api->cuFuncSetAttribute(function, CK_CU_FUNCTION_SHARED, bytes),
                       "asking for shared memory");
}

ck_status ck_cuda_tile_function(ck_device *device, int tile, int which, ck_cu_function *function) {
  static const char *const names[CK_TILE_FUNCTIONS] = {"linear", "conv", "product_join"};
  ck_status status = CK_OK;
  if (device->tiles[tile][which] == NULL) {
    recipe recipe = begin_recipe(device, product_text);
    add_option(&recipe, "CK_TILE_ROWS", tiles[tile][0]);
    add_option(&recipe, "CK_TILE_COLUMNS", tiles[tile][1]);
    add_option(&recipe, "CK_ROW_WARPS_OF_TILE", tiles[tile][2]);
    add_option(&recipe, "CK_COLUMN_WARPS", tiles[tile][3]);
    ck_cu_module loaded = NULL;
    status = add_module(device, &recipe, &loaded);
    for (int i = 0; i < CK_TILE_FUNCTIONS && status == CK_OK; i++) {
      status = find(device, loaded, names[i], &device->tiles[tile][i]);
      if (status == CK_OK && i < 2)
        status = allow_shared(device, device->tiles[tile][i],
                              (tiles[tile][0] + tiles[tile][1]) * CK_K_BLOCK * 2 * 4);
    }
  }
  *function = device->tiles[tile][which];
  return status;
}

ck_status ck_cuda_head_function(ck_device *device, int head_size, ck_cu_function *function, int *padded) {
  int index = 0;
  while (index < CK_HEAD_COUNT - 1 && heads[index] < head_size)
    index++;
  *padded = heads[index];
  ck_status status = CK_OK;
  if (device->heads[index] == NULL) {
    recipe recipe = begin_recipe(device, attention_text);
    add_option(&recipe, "CK_HEAD", heads[index]);
    ck_cu_module loaded = NULL;
    status = add_module(device, &recipe, &loaded);
    if (status == CK_OK)
      status = find(device, loaded, "attention", &device->heads[index]);
    if (status == CK_OK)
      status = allow_shared(device, device->heads[index], 99 * 1024);
  }
  *function = device->heads[index];
  return status;
}
