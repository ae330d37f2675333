#ifndef ATELIER_CUDA_INTERFACE_H
#define ATELIER_CUDA_INTERFACE_H

// What is called in NVIDIA's libraries, declared by hand: no header of theirs is needed to build, and the
// libraries are opened at run time. A test compares these lists with the real headers. Enumerations are int;
// handles are addresses.

#include <stddef.h>
#include <stdint.h>

typedef uint64_t ck_cu_address; // CUdeviceptr
typedef struct ck_cu_context_ *ck_cu_context;
typedef struct ck_cu_stream_ *ck_cu_stream;
typedef struct ck_cu_event_ *ck_cu_event;
typedef struct ck_cu_module_ *ck_cu_module;
typedef struct ck_cu_function_ *ck_cu_function;
typedef struct ck_cu_graph_ *ck_cu_graph;
typedef struct ck_cu_graph_exec_ *ck_cu_graph_exec;
typedef struct ck_nvrtc_program_ *ck_nvrtc_program;
typedef struct ck_lt_handle_ *ck_lt_handle;
typedef struct ck_lt_object_ *ck_lt_object; // description, layout or preference

// The driver, libcuda.so.1: NAME(parameters), all give a CUresult.
#define CK_CUDA_DRIVER(X)                                                                                    \
  X(cuInit, (unsigned flags))                                                                                \
  X(cuDriverGetVersion, (int *version))                                                                      \
  X(cuDeviceGetCount, (int *count))                                                                          \
  X(cuDeviceGet, (int *device, int ordinal))                                                                 \
  X(cuDeviceGetName, (char *name, int bytes, int device))                                                    \
  X(cuDeviceTotalMem_v2, (size_t * bytes, int device))                                                       \
  X(cuDeviceGetAttribute, (int *value, int attribute, int device))                                           \
  X(cuDevicePrimaryCtxRetain, (ck_cu_context * context, int device))                                         \
  X(cuDevicePrimaryCtxRelease_v2, (int device))                                                              \
  X(cuCtxSetCurrent, (ck_cu_context context))                                                                \
  X(cuMemGetInfo_v2, (size_t * free, size_t * total))                                                        \
  X(cuMemAlloc_v2, (ck_cu_address * memory, size_t bytes))                                                   \
  X(cuMemFree_v2, (ck_cu_address memory))                                                                    \
  X(cuMemcpyHtoDAsync_v2, (ck_cu_address to, const void *from, size_t bytes, ck_cu_stream stream))           \
  X(cuMemcpyDtoHAsync_v2, (void *to, ck_cu_address from, size_t bytes, ck_cu_stream stream))                 \
  X(cuMemcpyDtoDAsync_v2, (ck_cu_address to, ck_cu_address from, size_t bytes, ck_cu_stream stream))         \
  X(cuMemsetD8Async, (ck_cu_address to, unsigned char value, size_t bytes, ck_cu_stream stream))             \
  X(cuStreamCreate, (ck_cu_stream * stream, unsigned flags))                                                 \
  X(cuStreamDestroy_v2, (ck_cu_stream stream))                                                               \
  X(cuStreamSynchronize, (ck_cu_stream stream))                                                              \
  X(cuStreamBeginCapture_v2, (ck_cu_stream stream, int mode))                                                \
  X(cuStreamEndCapture, (ck_cu_stream stream, ck_cu_graph * graph))                                          \
  X(cuGraphInstantiateWithFlags, (ck_cu_graph_exec * exec, ck_cu_graph graph, unsigned long long flags))     \
  X(cuGraphLaunch, (ck_cu_graph_exec exec, ck_cu_stream stream))                                             \
  X(cuGraphExecDestroy, (ck_cu_graph_exec exec))                                                             \
  X(cuGraphDestroy, (ck_cu_graph graph))                                                                     \
  X(cuModuleLoadData, (ck_cu_module * module, const void *image))                                            \
  X(cuModuleUnload, (ck_cu_module module))                                                                   \
  X(cuModuleGetFunction, (ck_cu_function * function, ck_cu_module module, const char *name))                 \
  X(cuFuncSetAttribute, (ck_cu_function function, int attribute, int value))                                 \
  X(cuLaunchKernel, (ck_cu_function function, unsigned grid_x, unsigned grid_y, unsigned grid_z,             \
                     unsigned block_x, unsigned block_y, unsigned block_z, unsigned shared_bytes,            \
                     ck_cu_stream stream, void **parameters, void **extra))                                  \
  X(cuEventCreate, (ck_cu_event * event, unsigned flags))                                                    \
  X(cuEventDestroy_v2, (ck_cu_event event))                                                                  \
  X(cuEventRecord, (ck_cu_event event, ck_cu_stream stream))                                                 \
  X(cuEventSynchronize, (ck_cu_event event))                                                                 \
  X(cuEventElapsedTime, (float *milliseconds, ck_cu_event start, ck_cu_event end))                           \
  X(cuGetErrorString, (int error, const char **text))

// The compiler, libnvrtc: all give an nvrtcResult.
#define CK_CUDA_COMPILER(X)                                                                                  \
  X(nvrtcVersion, (int *major, int *minor))                                                                  \
  X(nvrtcCreateProgram, (ck_nvrtc_program * program, const char *text, const char *name, int headers,        \
                         const char *const *header_texts, const char *const *header_names))                  \
  X(nvrtcDestroyProgram, (ck_nvrtc_program * program))                                                       \
  X(nvrtcCompileProgram, (ck_nvrtc_program program, int options, const char *const *words))                  \
  X(nvrtcGetProgramLogSize, (ck_nvrtc_program program, size_t * bytes))                                      \
  X(nvrtcGetProgramLog, (ck_nvrtc_program program, char *log))                                               \
  X(nvrtcGetCUBINSize, (ck_nvrtc_program program, size_t * bytes))                                           \
  X(nvrtcGetCUBIN, (ck_nvrtc_program program, char *cubin))

// An algorithm is a value that may be stored; what the heuristic says of one.
typedef struct ck_lt_algorithm {
  uint64_t data[8];
} ck_lt_algorithm;
typedef struct ck_lt_heuristic {
  ck_lt_algorithm algorithm;
  size_t workspace_bytes;
  int state;
  float waves;
  int reserved[4];
} ck_lt_heuristic;

// Matrix products, libcublasLt: all give a cublasStatus_t.
#define CK_CUDA_PRODUCTS(X)                                                                                  \
  X(cublasLtCreate, (ck_lt_handle * handle))                                                                 \
  X(cublasLtDestroy, (ck_lt_handle handle))                                                                  \
  X(cublasLtMatmulDescCreate, (ck_lt_object * description, int compute_type, int scale_type))                \
  X(cublasLtMatmulDescDestroy, (ck_lt_object description))                                                   \
  X(cublasLtMatmulDescSetAttribute,                                                                          \
    (ck_lt_object description, int attribute, const void *value, size_t bytes))                              \
  X(cublasLtMatrixLayoutCreate,                                                                              \
    (ck_lt_object * layout, int type, uint64_t rows, uint64_t columns, int64_t leading))                     \
  X(cublasLtMatrixLayoutDestroy, (ck_lt_object layout))                                                      \
  X(cublasLtMatmulPreferenceCreate, (ck_lt_object * preference))                                             \
  X(cublasLtMatmulPreferenceDestroy, (ck_lt_object preference))                                              \
  X(cublasLtMatmulPreferenceSetAttribute,                                                                    \
    (ck_lt_object preference, int attribute, const void *value, size_t bytes))                               \
  X(cublasLtMatmulAlgoGetHeuristic,                                                                          \
    (ck_lt_handle handle, ck_lt_object description, ck_lt_object a, ck_lt_object b, ck_lt_object c,          \
     ck_lt_object d, ck_lt_object preference, int wanted, ck_lt_heuristic *results, int *found))             \
  X(cublasLtMatmul,                                                                                          \
    (ck_lt_handle handle, ck_lt_object description, const void *alpha, const void *a, ck_lt_object a_layout, \
     const void *b, ck_lt_object b_layout, const void *beta, const void *c, ck_lt_object c_layout, void *d,  \
     ck_lt_object d_layout, const ck_lt_algorithm *algorithm, void *workspace, size_t workspace_bytes,       \
     ck_cu_stream stream))

// NAME(value here, name in NVIDIA's headers).
#define CK_CUDA_CONSTANTS(X)                                                                                 \
  X(CK_CU_INVALID_VALUE, 1, CUDA_ERROR_INVALID_VALUE)                                                        \
  X(CK_CU_OUT_OF_MEMORY, 2, CUDA_ERROR_OUT_OF_MEMORY)                                                        \
  X(CK_CU_NO_DEVICE, 100, CUDA_ERROR_NO_DEVICE)                                                              \
  X(CK_CU_NO_BINARY, 209, CUDA_ERROR_NO_BINARY_FOR_GPU)                                                      \
  X(CK_CU_LAUNCH_RESOURCES, 701, CUDA_ERROR_LAUNCH_OUT_OF_RESOURCES)                                         \
  X(CK_CU_STREAM_NON_BLOCKING, 1, CU_STREAM_NON_BLOCKING)                                                    \
  X(CK_CU_CAPTURE_RELAXED, 2, CU_STREAM_CAPTURE_MODE_RELAXED)                                                \
  X(CK_CU_FUNCTION_SHARED, 8, CU_FUNC_ATTRIBUTE_MAX_DYNAMIC_SHARED_SIZE_BYTES)                               \
  X(CK_CU_ATTRIBUTE_PROCESSORS, 16, CU_DEVICE_ATTRIBUTE_MULTIPROCESSOR_COUNT)                                \
  X(CK_CU_ATTRIBUTE_MAJOR, 75, CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR)                                 \
  X(CK_CU_ATTRIBUTE_MINOR, 76, CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MINOR)                                 \
  X(CK_CU_ATTRIBUTE_SHARED, 97, CU_DEVICE_ATTRIBUTE_MAX_SHARED_MEMORY_PER_BLOCK_OPTIN)

#define CK_CUDA_PRODUCT_CONSTANTS(X)                                                                         \
  X(CK_LT_F32, 0, CUDA_R_32F)                                                                                \
  X(CK_LT_F16, 2, CUDA_R_16F)                                                                                \
  X(CK_LT_BF16, 14, CUDA_R_16BF)                                                                             \
  X(CK_LT_COMPUTE_32F, 68, CUBLAS_COMPUTE_32F)                                                               \
  X(CK_LT_TRANSPOSED, 1, CUBLAS_OP_T)                                                                        \
  X(CK_LT_DESC_TRANSA, 3, CUBLASLT_MATMUL_DESC_TRANSA)                                                       \
  X(CK_LT_DESC_EPILOGUE, 7, CUBLASLT_MATMUL_DESC_EPILOGUE)                                                   \
  X(CK_LT_DESC_BIAS, 8, CUBLASLT_MATMUL_DESC_BIAS_POINTER)                                                   \
  X(CK_LT_EPILOGUE_BIAS, 4, CUBLASLT_EPILOGUE_BIAS)                                                          \
  X(CK_LT_PREFERENCE_WORKSPACE, 1, CUBLASLT_MATMUL_PREF_MAX_WORKSPACE_BYTES)

#define CK_CUDA_CONSTANT(name, value, theirs) name = value,
enum { CK_CUDA_CONSTANTS(CK_CUDA_CONSTANT) CK_CUDA_PRODUCT_CONSTANTS(CK_CUDA_CONSTANT) };

#endif
