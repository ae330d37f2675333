#include "cuda/device.h"

enum { LIBRARY_TRIES = 4 };

// As in the kernel's text: what a block of it holds.
static ck_cuda_grid tensor_grid(const ck_attention_call *call, int padded) {
  int wide = padded > 160, queries = wide ? 32 : 64, keys = padded > 128 ? 32 : 64, stages = wide ? 1 : 2;
  int row = (padded + 15) / 16 * 16 + 8;
  return (ck_cuda_grid){.x = (uint32_t)((call->queries + queries - 1) / queries),
                        .y = (uint32_t)call->heads,
                        .z = (uint32_t)call->batch,
                        .threads = wide ? 256 : 128,
                        .shared_bytes = (uint32_t)((queries + 2 * stages * keys) * row * 2)};
}

static ck_status check(const ck_device *device, const ck_attention_call *call) {
  if (call->q.type != device->type || call->k.type != device->type || call->v.type != device->type ||
      call->out.type != device->type)
    return CK_UNSUPPORTED;
  if (call->batch < 1 || call->batch > 65535 || call->queries < 1 || call->keys < 1 || call->heads < 1 ||
      call->heads > 65535 || call->head_size < 1 || call->head_size > 512)
    return CK_BAD_ARGUMENT;
  return CK_OK;
}

// An attention as attempts get it.
typedef struct task {
  const ck_attention_call *call;
  const ck_attention_params *params;
} task;

static ck_status run_own(ck_device *device, const task *t) {
  ck_cu_function function = NULL;
  const ck_attention_call *call = t->call;
  ck_cuda_grid grid = {(uint32_t)call->queries, (uint32_t)call->heads, (uint32_t)call->batch, 128, 0};
  ck_status status;
  if (device->type == CK_F32) {
    status = ck_cuda_function(device, CK_KERNEL_attention_simple, &function);
  } else {
    int padded = 0;
    status = ck_cuda_head_function(device, call->head_size, &function, &padded);
    grid = tensor_grid(call, padded);
  }
  return status == CK_OK ? ck_cuda_launch(device, function, grid, t->params) : status;
}

static ck_status run_choice(ck_device *device, const void *what, const ck_cuda_choice *choice) {
  const task *t = what;
  return choice->kind == CK_BY_NETWORK_ATTENTION
             ? ck_cuda_network_attention(device, t->params, t->call->batch, &choice->algorithm)
             : run_own(device, t);
}

// Times the own kernel and what the library proposes, with a scratch output.
static ck_cuda_choice choose(ck_device *device, const task *t, uint64_t key) {
  const ck_attention_call *call = t->call;
  ck_cuda_choice list[1 + LIBRARY_TRIES] = {{.key = key, .kind = CK_BY_OWN_ATTENTION}};
  ck_attention_params scratch = *t->params;
  size_t bytes = (size_t)call->batch * (size_t)call->queries * (size_t)call->heads * (size_t)call->head_size *
                 ck_cuda_size(device->type);
  if (!ck_cuda_tunes(device) || ck_cuda_grow(device, &device->staging, bytes) != CK_OK)
    return list[0];
  scratch.out = device->staging.memory;
  ck_lt_algorithm proposed[LIBRARY_TRIES];
  int found = ck_cuda_network_attention_choices(device, &scratch, call->batch, proposed, LIBRARY_TRIES);
  for (int i = 0; i < found; i++)
    list[1 + i] = (ck_cuda_choice){.key = key, .kind = CK_BY_NETWORK_ATTENTION, .algorithm = proposed[i]};
  task trial = {call, &scratch};
  int fastest = found > 0 ? ck_cuda_fastest(device, list, 1 + found, run_choice, &trial) : 0;
  ck_cuda_choice best = list[fastest > 0 ? fastest : 0];
  ck_cuda_keep_choice(device, best);
  return best;
}

static ck_status run_fastest(ck_device *device, const task *t) {
  uint64_t key = ck_cuda_attention_key(device, t->params, t->call->batch);
  ck_cuda_choice *known = ck_cuda_find_choice(device, key);
  ck_cuda_choice choice = known != NULL ? *known : choose(device, t, key);
  ck_status status = run_choice(device, t, &choice);
  if (status != CK_CALL_FAILED || choice.kind == CK_BY_OWN_ATTENTION)
    return status;
  // The library refuses what it once did: the own kernel does it from now on.
  known = ck_cuda_find_choice(device, key);
  if (known != NULL)
    known->kind = CK_BY_OWN_ATTENTION;
  return run_own(device, t);
}

ck_status ck_cuda_attention(ck_device *device, const ck_attention_call *call) {
  ck_status status = check(device, call);
  if (status == CK_OK)
    status = ck_cuda_enter(device);
  if (status != CK_OK)
    return status;
  ck_attention_params params = {.q = ck_cuda_address(call->q),
                                .k = ck_cuda_address(call->k),
                                .v = ck_cuda_address(call->v),
                                .out = ck_cuda_address(call->out),
                                .q_stride = call->q_stride,
                                .k_stride = call->k_stride,
                                .v_stride = call->v_stride,
                                .queries = call->queries,
                                .keys = call->keys,
                                .heads = call->heads,
                                .head_size = call->head_size,
                                .causal = call->causal,
                                .scale = call->scale};
  params.aligned = call->head_size % 8 == 0 &&
                   (params.q_stride | params.k_stride | params.v_stride) % 8 == 0 &&
                   (params.q | params.k | params.v) % 16 == 0;
  task t = {call, &params};
  return ck_cuda_network_attends(device, &params) ? run_fastest(device, &t) : run_own(device, &t);
}
