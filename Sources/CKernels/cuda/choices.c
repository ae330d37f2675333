#include "cuda/device.h"

#include <string.h>

// How a product is done: without tensor cores where its shape does not fit them, else by one of the tiles or
// by libcublasLt, whichever was fastest when they were timed. Tiles differ in time only: each output is the
// same sum in the same order, so a picture does not depend on the choice among them.

#define TILE(rows, columns, row_warps, column_warps, rate)                                                   \
  {rows, columns, 32 * row_warps * column_warps, rate},
static const struct {
  int rows, columns, threads;
  float rate;
} tiles[] = {CK_CUDA_TILES(TILE)};

// Of each library four.
enum { TRIES = 3, LIBRARY_TRIES = 4, MOST_SPLITS = 16, LEAST_BLOCKS = 8, SMALLEST_ROWS = 64 };

static int64_t tile_count(const ck_product_params *params, int tile) {
  return (params->rows + tiles[tile].rows - 1) / tiles[tile].rows *
         ((params->columns + tiles[tile].columns - 1) / tiles[tile].columns);
}

// Into how many parts a sum is cut so that all multiprocessors have work. It depends on one picture's shape
// and the chip, never on the batch: a picture must come out the same in any.
static int split_count(const ck_device *device, const ck_product_params *params, int64_t image_rows) {
  if (image_rows == 0)
    return 1;
  int64_t blocks = (2 * image_rows + 127) / 128 * ((params->columns + 159) / 160);
  int64_t splits = device->processors / blocks, most = params->k_blocks / LEAST_BLOCKS;
  splits = splits < most ? splits : most;
  splits = splits < MOST_SPLITS ? splits : MOST_SPLITS;
  return splits > 1 ? (int)splits : 1;
}

// Rounds of blocks over the multiprocessors, times what a block costs.
static int guess(const ck_device *device, const ck_product_params *params) {
  int best = 0;
  float least = 0;
  for (int i = 0; i < CK_TILE_COUNT; i++) {
    int64_t blocks = tile_count(params, i) * params->splits;
    int64_t rounds = (blocks + device->processors - 1) / device->processors;
    float cost = (float)rounds * (float)(tiles[i].rows * tiles[i].columns) / tiles[i].rate;
    if (i == 0 || cost < least) {
      best = i;
      least = cost;
    }
  }
  return best;
}

static ck_status run_simple(ck_device *device, const ck_product_params *params) {
  ck_cu_function function = NULL;
  ck_status status = ck_cuda_function(device, CK_KERNEL_product_simple, &function);
  if (status != CK_OK)
    return status;
  ck_cuda_grid grid = {(uint32_t)((params->rows + CK_SIMPLE_TILE - 1) / CK_SIMPLE_TILE),
                       (uint32_t)((params->columns + CK_SIMPLE_TILE - 1) / CK_SIMPLE_TILE), 1, 256, 0};
  return ck_cuda_launch(device, function, grid, params);
}

ck_status ck_cuda_run_tile(ck_device *device, const ck_product_params *params, int convolves, int tile) {
  ck_cu_function function = NULL;
  ck_status status = ck_cuda_tile_function(device, tile, convolves, &function);
  if (status != CK_OK)
    return status;
  uint32_t shared = (uint32_t)((tiles[tile].rows + tiles[tile].columns) * CK_K_BLOCK * 2 * 4);
  ck_cuda_grid grid = {(uint32_t)tile_count(params, tile), 1, (uint32_t)params->splits,
                       (uint32_t)tiles[tile].threads, shared};
  status = ck_cuda_launch(device, function, grid, params);
  if (status != CK_OK || params->splits == 1)
    return status;
  status = ck_cuda_tile_function(device, tile, 2, &function);
  if (status != CK_OK)
    return status;
  int64_t blocks = (params->rows * ((params->columns + 1) / 2) + 255) / 256;
  int64_t most = (int64_t)device->processors * 16;
  grid = (ck_cuda_grid){(uint32_t)(blocks < most ? blocks : most), 1, 1, 256, 0};
  return ck_cuda_launch(device, function, grid, params);
}

// A product as attempts get it.
typedef struct task {
  const ck_product_params *params;
  int convolves;
  ck_cu_address narrow_bias;
} task;

static ck_status run_choice(ck_device *device, const void *what, const ck_cuda_choice *choice) {
  const task *t = what;
  if (choice->kind < CK_TILE_COUNT)
    return ck_cuda_run_tile(device, t->params, t->convolves, choice->kind);
  if (choice->kind == CK_BY_NETWORKS)
    return ck_cuda_network_conv(device, t->params, t->narrow_bias, &choice->algorithm);
  return ck_cuda_library_product(device, t->params, t->narrow_bias, &choice->algorithm);
}

// The shortest of a few runs in milliseconds, or a negative number where it does not run.
static float time_choice(ck_device *device, ck_cuda_attempt attempt, const void *what,
                         const ck_cuda_choice *choice) {
  const ck_cuda_libraries *api = device->api;
  float best = -1;
  for (int i = 0; i < TRIES; i++) {
    float milliseconds = 0;
    if (api->cuEventRecord(device->start, device->stream) != 0 || attempt(device, what, choice) != CK_OK ||
        api->cuEventRecord(device->end, device->stream) != 0 || api->cuEventSynchronize(device->end) != 0 ||
        api->cuEventElapsedTime(&milliseconds, device->start, device->end) != 0)
      return -1;
    if (i > 0 && (best < 0 || milliseconds < best)) // the first run may have compiled
      best = milliseconds;
  }
  return best;
}

int ck_cuda_tunes(const ck_device *device) {
  return device->tunes && !device->capturing && device->choice_count < CK_CHOICES;
}

int ck_cuda_fastest(ck_device *device, const ck_cuda_choice *list, int count, ck_cuda_attempt attempt,
                    const void *what) {
  int best = -1;
  float least = -1;
  for (int i = 0; i < count; i++) {
    if (device->prefers_libraries && list[i].kind >= CK_TILE_COUNT && list[i].kind != CK_BY_OWN_ATTENTION)
      return i;
    float time = time_choice(device, attempt, what, &list[i]);
    if (time >= 0 && (least < 0 || time < least)) {
      least = time;
      best = i;
    }
  }
  return best;
}

void ck_cuda_keep_choice(ck_device *device, ck_cuda_choice choice) {
  device->choices[device->choice_count++] = choice;
  ck_cuda_save_choices(device);
}

// Tiles that are no waste, then what the libraries propose.
static int candidates(ck_device *device, const ck_product_params *params, int convolves,
                      ck_cu_address narrow_bias, ck_cuda_choice *list) {
  int count = 0;
  for (int i = 0; i < CK_TILE_COUNT; i++)
    if (i == guess(device, params) || (params->columns > tiles[i].columns / 2 && tiles[i].columns > 32))
      list[count++] = (ck_cuda_choice){.kind = i};
  ck_lt_algorithm proposed[LIBRARY_TRIES];
  int found = 0, kind = CK_BY_PRODUCTS;
  if (ck_cuda_library_fits(device, params, convolves)) {
    found = ck_cuda_library_choices(device, params, proposed, LIBRARY_TRIES);
  } else if (ck_cuda_network_fits(device, params, convolves)) {
    kind = CK_BY_NETWORKS;
    found = ck_cuda_network_choices(device, params, narrow_bias, proposed, LIBRARY_TRIES);
  }
  for (int i = 0; i < found; i++)
    list[count++] = (ck_cuda_choice){.kind = kind, .algorithm = proposed[i]};
  return count;
}

static uint64_t shape_key(const ck_product_params *params, int convolves) {
  int64_t shape[] = {
      params->rows,         params->columns,    params->k_blocks,      params->taps,
      params->channels1,    params->channels2,  params->stride,        params->in_width,
      params->source_width, params->activation, params->gated,         params->out_type,
      params->splits,       convolves,          params->residual != 0, params->channel_add != 0};
  return ck_cuda_hash(1, shape, sizeof shape);
}

// Times the candidates on this very product, with a scratch output: `out` may be the residual.
static ck_cuda_choice choose(ck_device *device, const ck_product_params *params, int convolves,
                             ck_cu_address narrow_bias) {
  ck_cuda_choice best = {.kind = guess(device, params)};
  ck_product_params scratch = *params;
  size_t bytes = (size_t)params->rows * (size_t)params->columns * ck_cuda_size(params->out_type);
  if (!ck_cuda_tunes(device) || ck_cuda_grow(device, &device->staging, bytes) != CK_OK)
    return best;
  scratch.out = device->staging.memory;
  ck_cuda_choice list[CK_TILE_COUNT + LIBRARY_TRIES];
  int count = candidates(device, params, convolves, narrow_bias, list);
  task t = {&scratch, convolves, narrow_bias};
  int fastest = ck_cuda_fastest(device, list, count, run_choice, &t);
  if (fastest >= 0)
    best = list[fastest];
  best.key = shape_key(params, convolves);
  ck_cuda_keep_choice(device, best);
  return best;
}

static int fits_tensor_cores(const ck_device *device, const ck_product_params *params) {
  return device->type != CK_F32 && params->channels1 % 8 == 0 && params->channels2 % 8 == 0 &&
         params->channel_stride % CK_K_BLOCK == 0 && (params->x1 | params->x2) % 16 == 0 &&
         (params->out | params->residual) % 4 == 0;
}

ck_status ck_cuda_product(ck_device *device, ck_product_params *params, int convolves, int64_t image_rows,
                          ck_cu_address narrow_bias) {
  if (!fits_tensor_cores(device, params))
    return run_simple(device, params);
  params->splits = split_count(device, params, image_rows);
  if (params->splits > 1) {
    size_t bytes = (size_t)params->splits * (size_t)params->rows * (size_t)params->columns * sizeof(float);
    ck_status status = ck_cuda_grow(device, &device->workspace, bytes);
    if (status != CK_OK)
      return status;
    params->partial = device->workspace.memory;
  }
  if (device->only_tile >= 0) {
    int tile = device->only_tile < CK_TILE_COUNT ? device->only_tile : device->next_tile++ % CK_TILE_COUNT;
    return ck_cuda_run_tile(device, params, convolves, tile);
  }
  ck_cuda_choice *known = ck_cuda_find_choice(device, shape_key(params, convolves));
  ck_cuda_choice choice = known != NULL ? *known : choose(device, params, convolves, narrow_bias);
  // The same shape may come with operands elsewhere.
  if ((choice.kind == CK_BY_PRODUCTS && !ck_cuda_library_fits(device, params, convolves)) ||
      (choice.kind == CK_BY_NETWORKS && !ck_cuda_network_fits(device, params, convolves)))
    choice.kind = guess(device, params);
  task t = {params, convolves, narrow_bias};
  ck_status status = run_choice(device, &t, &choice);
  if (status != CK_CALL_FAILED || choice.kind < CK_TILE_COUNT)
    return status;
  // The library refuses what it once did: the own kernel does it from now on.
  choice.kind = guess(device, params);
  ck_cuda_choice *kept = ck_cuda_find_choice(device, shape_key(params, convolves));
  if (kept != NULL)
    kept->kind = choice.kind;
  return ck_cuda_run_tile(device, params, convolves, choice.kind);
}
