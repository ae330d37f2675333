#include "cuda/device.h"

enum { STATS_THREADS = 256, MOST_THREADS = 512, MOST_CHUNKS = 512, LEAST_PIXELS = 16 };

static uint32_t row_blocks(int64_t rows) {
  return (uint32_t)((rows + CK_ROW_WARPS - 1) / CK_ROW_WARPS);
}

static ck_status run_rows(ck_device *device, int kernel, const ck_row_params *params) {
  ck_cu_function function = NULL;
  ck_status status = ck_cuda_enter(device);
  if (status == CK_OK)
    status = ck_cuda_function(device, kernel, &function);
  if (status != CK_OK)
    return status;
  ck_cuda_grid grid = {row_blocks(params->rows), 1, 1, 32 * CK_ROW_WARPS, 0};
  return ck_cuda_launch(device, function, grid, params);
}

ck_status ck_cuda_layer_norm(ck_device *device, const ck_layer_norm_call *call) {
  if (call->x.type != device->type || call->out.type != device->type || call->scale.type != CK_F32 ||
      call->shift.type != CK_F32)
    return CK_UNSUPPORTED;
  if (call->rows < 1 || call->columns < 1)
    return CK_BAD_ARGUMENT;
  ck_row_params params = {ck_cuda_address(call->x),
                          ck_cuda_address(call->scale),
                          ck_cuda_address(call->shift),
                          ck_cuda_address(call->out),
                          call->rows,
                          call->columns,
                          call->epsilon};
  return run_rows(device, CK_KERNEL_layer_norm, &params);
}

ck_status ck_cuda_softmax(ck_device *device, ck_operand x, ck_operand out, int64_t rows, int32_t columns) {
  if (x.type != device->type || out.type != device->type)
    return CK_UNSUPPORTED;
  if (rows < 1 || columns < 1)
    return CK_BAD_ARGUMENT;
  ck_row_params params = {
      .x = ck_cuda_address(x), .out = ck_cuda_address(out), .rows = rows, .columns = columns};
  return run_rows(device, CK_KERNEL_softmax, &params);
}

static ck_status check(const ck_device *device, const ck_group_norm_call *call) {
  if (call->x1.type != device->type || (call->channels2 > 0 && call->x2.type != device->type) ||
      call->scale.type != CK_F32 || call->shift.type != CK_F32)
    return CK_UNSUPPORTED;
  if (call->batch < 1 || call->channels1 < 1 || call->channels2 < 0 || call->groups < 1 || call->pixels < 1 ||
      (call->channels1 + call->channels2) % call->groups != 0)
    return CK_BAD_ARGUMENT;
  return CK_OK;
}

// How a picture's pixels are cut depends on the picture alone, never on the batch.
static void plan_stats(const ck_group_norm_call *call, ck_group_stats_params *params, uint32_t *threads) {
  int channels = call->channels1 + call->channels2, size = channels / call->groups;
  int64_t chunk = (call->pixels + MOST_CHUNKS - 1) / MOST_CHUNKS;
  chunk = chunk < LEAST_PIXELS ? LEAST_PIXELS : chunk;
  int width = size > MOST_THREADS ? MOST_THREADS : (channels < STATS_THREADS ? channels : STATS_THREADS);
  width = width < size && size <= MOST_THREADS
              ? size
              : width / (size < width ? size : width) * (size < width ? size : width);
  int lanes = STATS_THREADS / width > 0 ? STATS_THREADS / width : 1;
  *params = (ck_group_stats_params){.x1 = ck_cuda_address(call->x1),
                                    .x2 = ck_cuda_address(call->x2),
                                    .pixels = call->pixels,
                                    .channels1 = call->channels1,
                                    .channels2 = call->channels2,
                                    .groups = call->groups,
                                    .chunks = (int)((call->pixels + chunk - 1) / chunk),
                                    .chunk_pixels = (int)chunk,
                                    .lanes = lanes};
  *threads = (uint32_t)(width * lanes);
}

// What multiplies and is added, into float32 [batch, channels] each; `center` may be 0. `scratch` holds the
// partial statistics.
static ck_status find_factors(ck_device *device, const ck_group_norm_call *call, ck_cu_address scratch,
                              ck_cu_address center, ck_cu_address scale, ck_cu_address shift) {
  ck_group_stats_params stats;
  uint32_t threads = 0;
  plan_stats(call, &stats, &threads);
  stats.out = scratch;
  ck_cu_function function = NULL;
  ck_status status = ck_cuda_function(device, CK_KERNEL_group_stats, &function);
  if (status != CK_OK)
    return status;
  ck_cuda_grid grid = {(uint32_t)stats.chunks, (uint32_t)call->batch, 1, threads, 0};
  status = ck_cuda_launch(device, function, grid, &stats);
  if (status == CK_OK)
    status = ck_cuda_function(device, CK_KERNEL_group_factors, &function);
  if (status != CK_OK)
    return status;
  ck_group_factors_params factors = {.stats = scratch,
                                     .scale = ck_cuda_address(call->scale),
                                     .shift = ck_cuda_address(call->shift),
                                     .center = center,
                                     .out_scale = scale,
                                     .out_shift = shift,
                                     .pixels = call->pixels,
                                     .channels = call->channels1 + call->channels2,
                                     .groups = call->groups,
                                     .chunks = stats.chunks,
                                     .chunk_pixels = stats.chunk_pixels,
                                     .epsilon = call->epsilon};
  grid = (ck_cuda_grid){(uint32_t)call->groups, (uint32_t)call->batch, 1, 32, 0};
  return ck_cuda_launch(device, function, grid, &factors);
}

static size_t stats_bytes(const ck_group_norm_call *call) {
  return ((size_t)call->batch * (size_t)call->groups * MOST_CHUNKS * 2 * sizeof(float) + 255) / 256 * 256;
}

ck_status ck_cuda_group_norm_factors(ck_device *device, const ck_group_norm_call *call) {
  ck_status status = check(device, call);
  if (status == CK_OK && call->out.type != CK_F32)
    status = CK_UNSUPPORTED;
  if (status == CK_OK)
    status = ck_cuda_enter(device);
  if (status == CK_OK)
    status = ck_cuda_grow(device, &device->workspace, stats_bytes(call));
  if (status != CK_OK)
    return status;
  size_t factors = (size_t)call->batch * (size_t)(call->channels1 + call->channels2) * sizeof(float);
  ck_cu_address out = ck_cuda_address(call->out);
  return find_factors(device, call, device->workspace.memory, 0, out, out + factors);
}

ck_status ck_cuda_normalise(ck_device *device, ck_normalise_params params, int64_t rows) {
  int wide = params.channels1 % 8 == 0 && params.channels2 % 8 == 0 &&
             (params.x1 | params.x2 | params.out) % 16 == 0;
  if (device->type == CK_F32)
    wide = wide && (params.x1 | params.x2 | params.out) % 32 == 0;
  params.vectors = rows * (params.channels1 + params.channels2) / (wide ? 8 : 1);
  return ck_cuda_launch_over(device, wide ? CK_KERNEL_normalise_8 : CK_KERNEL_normalise_1, params.vectors,
                             &params);
}

ck_status ck_cuda_group_norm(ck_device *device, const ck_group_norm_call *call) {
  ck_status status = check(device, call);
  if (status == CK_OK && call->out.type != device->type)
    status = CK_UNSUPPORTED;
  size_t channels = (size_t)(call->channels1 + call->channels2);
  size_t factors = ((size_t)call->batch * channels * sizeof(float) + 255) / 256 * 256;
  size_t stats = status == CK_OK ? stats_bytes(call) : 0;
  if (status == CK_OK)
    status = ck_cuda_enter(device);
  if (status == CK_OK)
    status = ck_cuda_grow(device, &device->workspace, stats + 3 * factors);
  if (status != CK_OK)
    return status;
  ck_cu_address center = device->workspace.memory + stats, scale = center + factors;
  status = find_factors(device, call, device->workspace.memory, center, scale, scale + factors);
  if (status != CK_OK)
    return status;
  ck_normalise_params params = {.x1 = ck_cuda_address(call->x1),
                                .x2 = ck_cuda_address(call->x2),
                                .center = center,
                                .scale = scale,
                                .shift = scale + factors,
                                .out = ck_cuda_address(call->out),
                                .pixels = call->pixels,
                                .channels1 = call->channels1,
                                .channels2 = call->channels2,
                                .activation = call->activation};
  return ck_cuda_normalise(device, params, call->batch * call->pixels);
}
