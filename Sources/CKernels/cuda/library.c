#include "cuda/device.h"

// Products by libcublasLt. It counts columns first, so out[rows, n] = x[rows, k]·W[n, k]ᵀ is to it
// outᵀ = W·xᵀ with W to be transposed; a bias along its rows, and the residual as C.

enum { WORKSPACE = 32 << 20, WANTED = 8 };

typedef struct objects {
  ck_lt_object description, weights, x, out;
} objects;

static void destroy(const ck_cuda_libraries *api, objects *o) {
  if (o->description != NULL)
    api->cublasLtMatmulDescDestroy(o->description);
  ck_lt_object layouts[] = {o->weights, o->x, o->out};
  for (int i = 0; i < 3; i++)
    if (layouts[i] != NULL)
      api->cublasLtMatrixLayoutDestroy(layouts[i]);
}

// Zero on success, as the library's calls.
static int create(const ck_device *device, const ck_product_params *params, ck_cu_address bias, objects *o) {
  const ck_cuda_libraries *api = device->api;
  int type = device->type == CK_F16 ? CK_LT_F16 : CK_LT_BF16;
  int transposed = CK_LT_TRANSPOSED, epilogue = CK_LT_EPILOGUE_BIAS;
  uint64_t n = (uint64_t)params->columns, k = (uint64_t)params->channels1, rows = (uint64_t)params->rows;
  *o = (objects){0};
  return api->cublasLtMatmulDescCreate(&o->description, CK_LT_COMPUTE_32F, CK_LT_F32) ||
         api->cublasLtMatmulDescSetAttribute(o->description, CK_LT_DESC_TRANSA, &transposed,
                                             sizeof transposed) ||
         api->cublasLtMatmulDescSetAttribute(o->description, CK_LT_DESC_EPILOGUE, &epilogue,
                                             sizeof epilogue) ||
         api->cublasLtMatmulDescSetAttribute(o->description, CK_LT_DESC_BIAS, &bias, sizeof bias) ||
         api->cublasLtMatrixLayoutCreate(&o->weights, type, k, n, params->channel_stride) ||
         api->cublasLtMatrixLayoutCreate(&o->x, type, k, rows, (int64_t)k) ||
         api->cublasLtMatrixLayoutCreate(&o->out, type, n, rows, (int64_t)n);
}

int ck_cuda_library_fits(const ck_device *device, const ck_product_params *params, int convolves) {
  return device->products != NULL && !convolves && !params->gated && params->splits == 1 &&
         params->activation == CK_ACTIVATION_NONE && params->channels2 == 0 && params->channel_add == 0 &&
         params->out_type == device->type && params->columns % 8 == 0 &&
         (params->out | params->residual) % 16 == 0;
}

// Operands may be views: their rows begin at 16 bytes, not at the 256 that are taken for granted.
static int allow_alignment(const ck_cuda_libraries *api, ck_lt_object preference) {
  uint32_t bytes = 16;
  int result = 0;
  for (int which = CK_LT_PREFERENCE_ALIGNMENT_A; which <= CK_LT_PREFERENCE_ALIGNMENT_D && result == 0;
       which++)
    result = api->cublasLtMatmulPreferenceSetAttribute(preference, which, &bytes, sizeof bytes);
  return result;
}

int ck_cuda_library_choices(ck_device *device, const ck_product_params *params, ck_lt_algorithm *algorithms,
                            int most) {
  const ck_cuda_libraries *api = device->api;
  objects o;
  ck_lt_object preference = NULL;
  ck_lt_heuristic results[WANTED];
  size_t workspace = WORKSPACE;
  int found = 0, kept = 0;
  if (create(device, params, params->bias, &o) == 0 &&
      api->cublasLtMatmulPreferenceCreate(&preference) == 0 &&
      api->cublasLtMatmulPreferenceSetAttribute(preference, CK_LT_PREFERENCE_WORKSPACE, &workspace,
                                                sizeof workspace) == 0 &&
      allow_alignment(api, preference) == 0 &&
      api->cublasLtMatmulAlgoGetHeuristic(device->products, o.description, o.weights, o.x, o.out, o.out,
                                          preference, WANTED, results, &found) == 0)
    for (int i = 0; i < found && kept < most; i++)
      if (results[i].state == 0)
        algorithms[kept++] = results[i].algorithm;
  if (preference != NULL)
    api->cublasLtMatmulPreferenceDestroy(preference);
  destroy(api, &o);
  return kept;
}

ck_status ck_cuda_library_product(ck_device *device, const ck_product_params *params,
                                  ck_cu_address narrow_bias, const ck_lt_algorithm *algorithm) {
  objects o;
  ck_status status = ck_cuda_grow(device, &device->workspace, WORKSPACE);
  if (status != CK_OK)
    return status;
  float one = 1, beta = params->residual != 0 ? 1 : 0;
  ck_cu_address c = params->residual != 0 ? params->residual : params->out;
  int result = create(device, params, narrow_bias, &o);
  if (result == 0)
    result = device->api->cublasLtMatmul(
        device->products, o.description, &one, (const void *)(uintptr_t)params->weights, o.weights,
        (const void *)(uintptr_t)params->x1, o.x, &beta, (const void *)(uintptr_t)c, o.out,
        (void *)(uintptr_t)params->out, o.out, algorithm, (void *)(uintptr_t)device->workspace.memory,
        WORKSPACE, device->stream);
  destroy(device->api, &o);
  if (result != 0)
    return ck_cuda_fail(device, CK_CALL_FAILED, "cuBLASLt failed (status %d)", result);
  return CK_OK;
}
