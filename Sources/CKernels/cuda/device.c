#include "cuda/device.h"
#include "host/host.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

ck_status ck_cuda_fail(ck_device *device, ck_status status, const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(device->failure, sizeof device->failure, format, arguments);
  va_end(arguments);
  return status;
}

// What a call asked wrongly leaves the context as it was, and so does a recording that was spoiled; anything
// else may have destroyed it.
static int leaves_context(int result) {
  static const int harmless[] = {CK_CU_INVALID_VALUE,    CK_CU_NO_BINARY, CK_CU_INVALID_PTX,
                                 CK_CU_UNSUPPORTED_PTX,  CK_CU_NOT_FOUND, CK_CU_INVALID_HANDLE,
                                 CK_CU_LAUNCH_RESOURCES, CK_CU_NOT_READY, CK_CU_NOT_SUPPORTED};
  for (size_t i = 0; i < sizeof harmless / sizeof harmless[0]; i++)
    if (result == harmless[i])
      return 1;
  return result >= CK_CU_FIRST_OF_CAPTURE && result <= CK_CU_LAST_OF_CAPTURE;
}

ck_status ck_cuda_check(ck_device *device, int result, const char *what) {
  if (result == 0)
    return CK_OK;
  if (result == CK_CU_OUT_OF_MEMORY)
    return ck_cuda_fail(device, CK_OUT_OF_MEMORY, "%s: the GPU's memory is exhausted", what);
  const char *text = NULL;
  if (device->api->cuGetErrorString(result, &text) != 0 || text == NULL)
    text = "unknown error";
  ck_status status = leaves_context(result) ? CK_CALL_FAILED : CK_DEVICE_FAILED;
  if (status == CK_DEVICE_FAILED)
    device->broken = result;
  return ck_cuda_fail(device, status, "%s: %s (CUDA error %d)", what, text, result);
}

ck_status ck_cuda_enter(ck_device *device) {
  if (device->broken != 0)
    return CK_DEVICE_FAILED; // the first failure's text stays
  return ck_cuda_check(device, device->api->cuCtxSetCurrent(device->context), "entering the GPU");
}

static ck_status probe(char *reason, size_t reason_bytes) {
  const ck_cuda_libraries *api = ck_cuda_open_libraries();
  if (reason_bytes > 0)
    snprintf(reason, reason_bytes, "%s", api->absence);
  return api->absence[0] == 0 ? CK_OK : CK_UNAVAILABLE;
}

static void close_device(ck_device *device) {
  const ck_cuda_libraries *api = device->api;
  if (device->context != NULL && api->cuCtxSetCurrent(device->context) == 0) {
    if (device->stream != NULL)
      api->cuStreamSynchronize(device->stream);
    if (device->products != NULL)
      api->cublasLtDestroy(device->products);
    ck_cuda_free_plans(device);
    if (device->networks != NULL)
      api->cudnnDestroy(device->networks);
    for (int i = 0; i < device->module_count; i++)
      api->cuModuleUnload(device->modules[i]);
    device->graphs = 0;
    ck_cuda_free_retired(device);
    ck_cu_address buffers[] = {device->workspace.memory, device->staging.memory, device->normalised.memory};
    for (int i = 0; i < 3; i++)
      if (buffers[i] != 0)
        api->cuMemFree_v2(buffers[i]);
    ck_cu_event events[] = {device->start, device->end, device->pace[0], device->pace[1]};
    for (int i = 0; i < 4; i++)
      if (events[i] != NULL)
        api->cuEventDestroy_v2(events[i]);
    if (device->stream != NULL)
      api->cuStreamDestroy_v2(device->stream);
    api->cuDevicePrimaryCtxRelease_v2(device->handle);
  }
  free(device);
}

// Reads what the device is; gives the driver's first error.
static int read_device(ck_device *device) {
  const ck_cuda_libraries *api = device->api;
  size_t bytes = 0;
  int result = api->cuDeviceGet(&device->handle, device->ordinal);
  struct {
    int *value, attribute;
  } wanted[] = {{&device->major, CK_CU_ATTRIBUTE_MAJOR},
                {&device->minor, CK_CU_ATTRIBUTE_MINOR},
                {&device->processors, CK_CU_ATTRIBUTE_PROCESSORS},
                {&device->shared_bytes, CK_CU_ATTRIBUTE_SHARED}};
  for (size_t i = 0; i < 4 && result == 0; i++)
    result = api->cuDeviceGetAttribute(wanted[i].value, wanted[i].attribute, device->handle);
  result = result != 0 ? result : api->cuDeviceGetName(device->name, sizeof device->name, device->handle);
  result = result != 0 ? result : api->cuDeviceTotalMem_v2(&bytes, device->handle);
  device->memory_bytes = bytes;
  // Known to both libraries: the order of devices may differ between them.
  if (result == 0 && api->has_management &&
      (api->cuDeviceGetPCIBusId(device->bus, sizeof device->bus, device->handle) != 0 ||
       api->nvmlDeviceGetHandleByPciBusId_v2(device->bus, &device->management) != 0))
    device->management = NULL;
  return result;
}

static int make_context(ck_device *device) {
  const ck_cuda_libraries *api = device->api;
  int result = api->cuDevicePrimaryCtxRetain(&device->context, device->handle);
  result = result != 0 ? result : api->cuCtxSetCurrent(device->context);
  result = result != 0 ? result : api->cuStreamCreate(&device->stream, CK_CU_STREAM_NON_BLOCKING);
  ck_cu_event *events[] = {&device->start, &device->end, &device->pace[0], &device->pace[1]};
  for (int i = 0; i < 4 && result == 0; i++)
    result = api->cuEventCreate(events[i], 0);
  return result;
}

// The cache folder, made if need be; empty where there is none, and then nothing is kept.
static void find_cache(ck_device *device) {
  const char *own = getenv("ATELIER_CUDA_CACHE"), *xdg = getenv("XDG_CACHE_HOME"), *home = getenv("HOME");
  char *cache = device->cache;
  if (own != NULL && own[0] != 0)
    snprintf(cache, sizeof device->cache, "%s", own);
  else if (xdg != NULL && xdg[0] != 0)
    snprintf(cache, sizeof device->cache, "%s/atelier/cuda", xdg);
  else if (home != NULL && home[0] != 0)
    snprintf(cache, sizeof device->cache, "%s/.cache/atelier/cuda", home);
  for (char *slash = cache[0] != 0 ? strchr(cache + 1, '/') : NULL; slash != NULL;
       slash = strchr(slash + 1, '/')) {
    *slash = 0;
    mkdir(cache, 0700);
    *slash = '/';
  }
  if (cache[0] != 0)
    mkdir(cache, 0700);
}

// Whether ATELIER_CUDA_WITHOUT names it: what a library gains is measured without it.
static int is_left_out(const char *library) {
  const char *list = getenv("ATELIER_CUDA_WITHOUT");
  return list != NULL && strstr(list, library) != NULL;
}

static ck_status open_device(const ck_open_options *options, ck_device **result) {
  *result = NULL;
  const ck_cuda_libraries *api = ck_cuda_open_libraries();
  if (api->absence[0] != 0)
    return CK_UNAVAILABLE;
  if (options->threads < 0 || options->threads > CK_MAX_THREADS || options->ordinal < 0)
    return CK_BAD_ARGUMENT;
  if (options->ordinal >= api->devices)
    return CK_UNAVAILABLE;
  if (options->precision == CK_PRECISION_INT8)
    return CK_UNSUPPORTED;
  ck_device *device = calloc(1, sizeof *device);
  if (device == NULL)
    return CK_OUT_OF_MEMORY;
  const char *tune = getenv("ATELIER_CUDA_TUNE"), *type = getenv("ATELIER_CUDA_TYPE");
  const char *tile = getenv("ATELIER_CUDA_TILE");
  device->only_tile = tile == NULL                                      ? -1
                      : strcmp(tile, "turns") == 0                      ? CK_TILE_COUNT
                      : tile[0] >= '0' && tile[0] < '0' + CK_TILE_COUNT ? tile[0] - '0'
                                                                        : -1;
  device->prefers_libraries = tile != NULL && strcmp(tile, "libraries") == 0;
  device->api = api;
  device->ordinal = options->ordinal;
  device->tunes = tune == NULL || strcmp(tune, "0") != 0;
  int brain = options->precision == CK_PRECISION_BF16 || (type != NULL && strcmp(type, "bfloat16") == 0);
  device->type = options->precision == CK_PRECISION_FULL ? CK_F32 : brain ? CK_BF16 : CK_F16;
  int status = read_device(device);
  if (status == 0 && device->major < 8) {
    close_device(device);
    return CK_UNAVAILABLE;
  }
  status = status != 0 ? status : make_context(device);
  if (status != 0) {
    close_device(device);
    return status == CK_CU_OUT_OF_MEMORY ? CK_OUT_OF_MEMORY : CK_DEVICE_FAILED;
  }
  find_cache(device);
  // The libraries choose another algorithm for another batch, which may round otherwise; the own kernels'
  // sums are the same in any.
  int serves = device->type != CK_F32 && !options->invariant;
  if (api->has_products && serves && !is_left_out("cublaslt") && api->cublasLtCreate(&device->products) != 0)
    device->products = NULL;
  if (api->has_networks && serves && !is_left_out("cudnn") && api->cudnnCreate(&device->networks) != 0)
    device->networks = NULL;
  device->attends = !is_left_out("attention");
  if (device->networks != NULL && api->cudnnSetStream(device->networks, device->stream) != 0) {
    api->cudnnDestroy(device->networks);
    device->networks = NULL;
  }
  ck_cuda_load_choices(device);
  *result = device;
  return CK_OK;
}

static ck_status describe(ck_device *device, ck_device_info *info) {
  memset(info, 0, sizeof *info);
  int gibibytes = (int)((device->memory_bytes + (1u << 29)) >> 30);
  snprintf(info->name, sizeof info->name, "%.60s, %d GiB, sm_%d%d, %s%s%s", device->name, gibibytes,
           device->major, device->minor,
           device->type == CK_F32   ? "float32"
           : device->type == CK_F16 ? "float16"
                                    : "bfloat16",
           device->products != NULL ? ", cuBLASLt" : "", device->networks != NULL ? ", cuDNN" : "");
  info->threads = 1;
  info->activation_type = device->type;
  info->memory_bytes = device->memory_bytes;
  return CK_OK;
}

static void failure(ck_device *device, char *text, size_t text_bytes) {
  if (text_bytes > 0)
    snprintf(text, text_bytes, "%s", device->failure);
}

static ck_status synchronize(ck_device *device) {
  ck_status status = ck_cuda_enter(device);
  if (status != CK_OK)
    return status;
  return ck_cuda_check(device, device->api->cuStreamSynchronize(device->stream), "waiting for the GPU");
}

const ck_backend ck_cuda_backend = {
    .abi_version = CK_ABI_VERSION,
    .name = "cuda",
    .probe = probe,
    .open = open_device,
    .close = close_device,
    .describe = describe,
    .failure = failure,
    .synchronize = synchronize,
    .vitals = ck_cuda_vitals,
    .allocate = ck_cuda_allocate,
    .release = ck_cuda_release,
    .upload = ck_cuda_upload,
    .download = ck_cuda_download,
    .copy = ck_cuda_copy,
    .convert = ck_cuda_convert,
    .pack = ck_cuda_pack,
    .release_weights = ck_cuda_release_weights,
    .weights_bytes = ck_cuda_weights_bytes,
    .linear = ck_cuda_linear,
    .conv = ck_cuda_conv,
    .attention = ck_cuda_attention,
    .group_norm = ck_cuda_group_norm,
    .group_norm_factors = ck_cuda_group_norm_factors,
    .layer_norm = ck_cuda_layer_norm,
    .softmax = ck_cuda_softmax,
    .activate = ck_cuda_activate,
    .add = ck_cuda_add,
    .combine = ck_cuda_combine,
    .scale_clamp = ck_cuda_scale_clamp,
    .repeat = ck_cuda_repeat,
    .timestep_embedding = ck_cuda_timestep_embedding,
    .embedding = ck_cuda_embedding,
    .to_bytes = ck_cuda_to_bytes,
    .count_nonfinite = ck_cuda_count_nonfinite,
    .record_begin = ck_cuda_record_begin,
    .record_end = ck_cuda_record_end,
    .replay = ck_cuda_replay,
    .release_graph = ck_cuda_release_graph,
};
