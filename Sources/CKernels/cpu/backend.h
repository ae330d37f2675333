#ifndef ATELIER_CPU_BACKEND_H
#define ATELIER_CPU_BACKEND_H

// The last header of a tier's source file: its row of the registry. The file has defined CK_TIER_BACKEND
// (the constant's name), CK_TIER_NAME, CK_TIER_PRECISIONS (a bit for each CK_PRECISION_…), and the function
// `tier_works`.

#include "cpu/attention.h"
#include "cpu/conv.h"
#include "cpu/elementwise.h"
#include "cpu/embedding.h"
#include "cpu/group_norm.h"
#include "cpu/layer_norm.h"
#include "cpu/linear.h"
#include "cpu/picture.h"
#include "host/memory.h"
#include "host/timestep.h"

#include <stdio.h>

// Asked once: trying an instruction sets signal handlers.
static int tier_is_known_to_work(void) {
  static _Atomic int answer; // 0: not asked yet
  int known = answer;
  if (known == 0)
    answer = known = tier_works() ? 1 : 2;
  return known == 1;
}

static ck_status tier_probe(char *reason, size_t reason_bytes) {
  int works = tier_is_known_to_work();
  if (reason_bytes > 0)
    snprintf(reason, reason_bytes, "%s", works ? "" : "this processor or system does not offer it");
  return works ? CK_OK : CK_UNAVAILABLE;
}

static ck_status tier_open(const ck_open_options *options, ck_device **device) {
  return tier_is_known_to_work() ? ck_cpu_open(options, CK_TIER_PRECISIONS, device) : CK_UNAVAILABLE;
}

static ck_status tier_describe(ck_device *device, ck_device_info *info) {
  ck_host_describe(device->threads, CK_STORE_TYPE, info);
#ifdef CK_TIER_PRODUCT
  info->product_type = CK_TIER_PRODUCT;
#else
  info->product_type = CK_STORE_TYPE;
#endif
  return CK_OK;
}

const ck_backend CK_TIER_BACKEND = {
    .abi_version = CK_ABI_VERSION,
    .name = CK_TIER_NAME,
    .probe = tier_probe,
    .open = tier_open,
    .close = ck_cpu_close,
    .describe = tier_describe,
    .failure = ck_host_failure,
    .synchronize = ck_host_synchronize,
    .allocate = ck_host_allocate,
    .release = ck_host_release,
    .upload = ck_host_transfer,
    .download = ck_host_transfer,
    .copy = ck_host_transfer,
    .convert = tier_convert,
    .pack = tier_pack,
    .release_weights = ck_cpu_release_weights,
    .weights_bytes = ck_cpu_weights_bytes,
    .linear = tier_linear,
    .conv = tier_conv,
    .attention = tier_attention,
    .group_norm = tier_group_norm,
    .group_norm_factors = tier_group_norm_factors,
    .layer_norm = tier_layer_norm,
    .softmax = tier_softmax,
    .activate = tier_activate,
    .add = tier_add,
    .combine = tier_combine,
    .scale_clamp = tier_scale_clamp,
    .repeat = ck_host_repeat,
    .timestep_embedding = ck_host_timestep_embedding,
    .embedding = tier_embedding,
    .to_bytes = tier_to_bytes,
    .count_nonfinite = tier_count_nonfinite,
};

#endif
