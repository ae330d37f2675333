#include "reference.h"
#include "host/host.h"
#include "host/memory.h"
#include "host/timestep.h"

#include <stdlib.h>
#include <string.h>

enum { FIRST_ZEROS = 4096 };

static ck_status probe(char *reason, size_t reason_bytes) {
  if (reason_bytes > 0)
    reason[0] = 0;
  return CK_OK;
}

static void close_device(ck_device *device) {
  if (device->pool != NULL)
    ck_pool_close(device->pool);
  free(device->arenas);
  free(device->zeros);
  free(device);
}

static ck_status open_device(const ck_open_options *options, ck_device **result) {
  *result = NULL;
  if (options->threads < 0 || options->threads > CK_MAX_THREADS || options->ordinal != 0)
    return CK_BAD_ARGUMENT;
  if (options->precision == CK_PRECISION_INT8 || options->precision == CK_PRECISION_BF16)
    return CK_UNSUPPORTED;
  ck_device *device = calloc(1, sizeof *device);
  if (device == NULL)
    return CK_OUT_OF_MEMORY;
  device->threads = options->threads > 0 ? options->threads : ck_physical_cores();
  device->arenas = ck_aligned((size_t)device->threads * CK_ARENA_FLOATS * sizeof(float));
  device->zeros = ck_aligned(FIRST_ZEROS * sizeof(float));
  device->zero_count = FIRST_ZEROS;
  if (device->arenas == NULL || device->zeros == NULL) {
    close_device(device);
    return CK_OUT_OF_MEMORY;
  }
  memset(device->zeros, 0, FIRST_ZEROS * sizeof(float));
  device->pool = ck_pool_open(device->threads);
  if (device->pool == NULL) {
    close_device(device);
    return CK_THREADS_FAILED;
  }
  *result = device;
  return CK_OK;
}

static ck_status describe(ck_device *device, ck_device_info *info) {
  ck_host_describe(device->threads, CK_F32, info);
  return CK_OK;
}

const ck_backend ck_reference_backend = {
    .abi_version = CK_ABI_VERSION,
    .name = "reference",
    .probe = probe,
    .open = open_device,
    .close = close_device,
    .describe = describe,
    .failure = ck_host_failure,
    .synchronize = ck_host_synchronize,
    .allocate = ck_host_allocate,
    .release = ck_host_release,
    .upload = ck_host_transfer,
    .download = ck_host_transfer,
    .copy = ck_host_transfer,
    .convert = ck_reference_convert,
    .pack = ck_reference_pack,
    .release_weights = ck_reference_release_weights,
    .weights_bytes = ck_reference_weights_bytes,
    .linear = ck_reference_linear,
    .conv = ck_reference_conv,
    .attention = ck_reference_attention,
    .group_norm = ck_reference_group_norm,
    .group_norm_factors = ck_reference_group_norm_factors,
    .layer_norm = ck_reference_layer_norm,
    .softmax = ck_reference_softmax,
    .activate = ck_reference_activate,
    .add = ck_reference_add,
    .combine = ck_reference_combine,
    .scale_clamp = ck_reference_scale_clamp,
    .repeat = ck_host_repeat,
    .timestep_embedding = ck_host_timestep_embedding,
    .embedding = ck_reference_embedding,
    .to_bytes = ck_reference_to_bytes,
    .count_nonfinite = ck_reference_count_nonfinite,
};
