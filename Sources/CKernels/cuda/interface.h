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
typedef struct ck_nvml_device_ *ck_nvml_device;
typedef struct ck_dnn_handle_ *ck_dnn_handle;
typedef void *ck_dnn_object; // a descriptor of cuDNN's backend
typedef struct ck_lt_handle_ *ck_lt_handle;
typedef struct ck_lt_object_ *ck_lt_object; // description, layout or preference

// The driver, libcuda.so.1: NAME(parameters), all give a CUresult.
#define CK_CUDA_DRIVER(X)                                                                                    \
  X(cuInit, (unsigned flags))                                                                                \
  X(cuDriverGetVersion, (int *version))                                                                      \
  X(cuDeviceGetCount, (int *count))                                                                          \
  X(cuDeviceGet, (int *device, int ordinal))                                                                 \
  X(cuDeviceGetName, (char *name, int bytes, int device))                                                    \
  X(cuDeviceGetPCIBusId, (char *bus, int bytes, int device))                                                 \
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

// The management library that comes with the driver, libnvidia-ml.so.1: all give an nvmlReturn_t.
typedef struct ck_nvml_memory {
  unsigned long long total, free, used;
} ck_nvml_memory;
typedef struct ck_nvml_use {
  unsigned gpu, memory; // percent of the time
} ck_nvml_use;
#define CK_CUDA_MANAGEMENT(X)                                                                                \
  X(nvmlInit_v2, (void))                                                                                     \
  X(nvmlDeviceGetHandleByPciBusId_v2, (const char *bus, ck_nvml_device *device))                             \
  X(nvmlDeviceGetMemoryInfo, (ck_nvml_device device, ck_nvml_memory * memory))                               \
  X(nvmlDeviceGetUtilizationRates, (ck_nvml_device device, ck_nvml_use * use))

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
  X(cublasLtGetProperty, (int type, int *value))                                                             \
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

// Convolutions and attention, libcudnn: all give a cudnnStatus_t.
#define CK_CUDA_NETWORKS(X)                                                                                  \
  X(cudnnGetProperty, (int type, int *value))                                                                \
  X(cudnnCreate, (ck_dnn_handle * handle))                                                                   \
  X(cudnnDestroy, (ck_dnn_handle handle))                                                                    \
  X(cudnnSetStream, (ck_dnn_handle handle, ck_cu_stream stream))                                             \
  X(cudnnBackendCreateDescriptor, (int type, ck_dnn_object *object))                                         \
  X(cudnnBackendDestroyDescriptor, (ck_dnn_object object))                                                   \
  X(cudnnBackendFinalize, (ck_dnn_object object))                                                            \
  X(cudnnBackendSetAttribute,                                                                                \
    (ck_dnn_object object, int attribute, int type, int64_t count, const void *values))                      \
  X(cudnnBackendGetAttribute,                                                                                \
    (ck_dnn_object object, int attribute, int type, int64_t wanted, int64_t *found, void *values))           \
  X(cudnnBackendExecute, (ck_dnn_handle handle, ck_dnn_object plan, ck_dnn_object pack))

// NAME(value here, name in NVIDIA's headers).
#define CK_CUDA_CONSTANTS(X)                                                                                 \
  X(CK_CU_INVALID_VALUE, 1, CUDA_ERROR_INVALID_VALUE)                                                        \
  X(CK_CU_OUT_OF_MEMORY, 2, CUDA_ERROR_OUT_OF_MEMORY)                                                        \
  X(CK_CU_NO_DEVICE, 100, CUDA_ERROR_NO_DEVICE)                                                              \
  X(CK_CU_NO_BINARY, 209, CUDA_ERROR_NO_BINARY_FOR_GPU)                                                      \
  X(CK_CU_INVALID_PTX, 218, CUDA_ERROR_INVALID_PTX)                                                          \
  X(CK_CU_UNSUPPORTED_PTX, 222, CUDA_ERROR_UNSUPPORTED_PTX_VERSION)                                          \
  X(CK_CU_INVALID_HANDLE, 400, CUDA_ERROR_INVALID_HANDLE)                                                    \
  X(CK_CU_NOT_FOUND, 500, CUDA_ERROR_NOT_FOUND)                                                              \
  X(CK_CU_NOT_READY, 600, CUDA_ERROR_NOT_READY)                                                              \
  X(CK_CU_LAUNCH_RESOURCES, 701, CUDA_ERROR_LAUNCH_OUT_OF_RESOURCES)                                         \
  X(CK_CU_NOT_SUPPORTED, 801, CUDA_ERROR_NOT_SUPPORTED)                                                      \
  X(CK_CU_FIRST_OF_CAPTURE, 900, CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED)                                      \
  X(CK_CU_LAST_OF_CAPTURE, 908, CUDA_ERROR_STREAM_CAPTURE_WRONG_THREAD)                                      \
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
  X(CK_LT_PREFERENCE_WORKSPACE, 1, CUBLASLT_MATMUL_PREF_MAX_WORKSPACE_BYTES)                                 \
  X(CK_LT_PREFERENCE_ALIGNMENT_A, 5, CUBLASLT_MATMUL_PREF_MIN_ALIGNMENT_A_BYTES)                             \
  X(CK_LT_PREFERENCE_ALIGNMENT_D, 8, CUBLASLT_MATMUL_PREF_MIN_ALIGNMENT_D_BYTES)

#define CK_CUDA_NETWORK_CONSTANTS(X)                                                                         \
  X(CK_DNN_F32, 0, CUDNN_DATA_FLOAT)                                                                         \
  X(CK_DNN_F16, 2, CUDNN_DATA_HALF)                                                                          \
  X(CK_DNN_BF16, 9, CUDNN_DATA_BFLOAT16)                                                                     \
  X(CK_DNN_CROSS_CORRELATION, 1, CUDNN_CROSS_CORRELATION)                                                    \
  X(CK_DNN_ADD, 0, CUDNN_POINTWISE_ADD)                                                                      \
  X(CK_DNN_MULTIPLY, 1, CUDNN_POINTWISE_MUL)                                                                 \
  X(CK_DNN_DIVIDE, 6, CUDNN_POINTWISE_DIV)                                                                   \
  X(CK_DNN_SUBTRACT, 9, CUDNN_POINTWISE_SUB)                                                                 \
  X(CK_DNN_EXPONENT, 13, CUDNN_POINTWISE_EXP)                                                                \
  X(CK_DNN_REDUCE_SUM, 0, CUDNN_REDUCE_TENSOR_ADD)                                                           \
  X(CK_DNN_REDUCE_MAXIMUM, 3, CUDNN_REDUCE_TENSOR_MAX)                                                       \
  X(CK_DNN_HEURISTIC, 3, CUDNN_HEUR_MODE_A)                                                                  \
  X(CK_DNN_OF_HANDLE, 0, CUDNN_TYPE_HANDLE)                                                                  \
  X(CK_DNN_OF_DATA, 1, CUDNN_TYPE_DATA_TYPE)                                                                 \
  X(CK_DNN_OF_BOOLEAN, 2, CUDNN_TYPE_BOOLEAN)                                                                \
  X(CK_DNN_OF_INT64, 3, CUDNN_TYPE_INT64)                                                                    \
  X(CK_DNN_OF_FLOAT, 4, CUDNN_TYPE_FLOAT)                                                                    \
  X(CK_DNN_OF_POINTER, 6, CUDNN_TYPE_VOID_PTR)                                                               \
  X(CK_DNN_OF_CONV_MODE, 7, CUDNN_TYPE_CONVOLUTION_MODE)                                                     \
  X(CK_DNN_OF_HEURISTIC, 8, CUDNN_TYPE_HEUR_MODE)                                                            \
  X(CK_DNN_OF_POINTWISE, 14, CUDNN_TYPE_POINTWISE_MODE)                                                      \
  X(CK_DNN_OF_OBJECT, 15, CUDNN_TYPE_BACKEND_DESCRIPTOR)                                                     \
  X(CK_DNN_OF_REDUCTION, 18, CUDNN_TYPE_REDUCTION_OPERATOR_TYPE)                                             \
  X(CK_DNN_POINTWISE, 0, CUDNN_BACKEND_POINTWISE_DESCRIPTOR)                                                 \
  X(CK_DNN_CONVOLUTION, 1, CUDNN_BACKEND_CONVOLUTION_DESCRIPTOR)                                             \
  X(CK_DNN_ENGINE, 2, CUDNN_BACKEND_ENGINE_DESCRIPTOR)                                                       \
  X(CK_DNN_CONFIGURATION, 3, CUDNN_BACKEND_ENGINECFG_DESCRIPTOR)                                             \
  X(CK_DNN_CHOOSER, 4, CUDNN_BACKEND_ENGINEHEUR_DESCRIPTOR)                                                  \
  X(CK_DNN_PLAN, 5, CUDNN_BACKEND_EXECUTION_PLAN_DESCRIPTOR)                                                 \
  X(CK_DNN_CONV_FORWARD, 10, CUDNN_BACKEND_OPERATION_CONVOLUTION_FORWARD_DESCRIPTOR)                         \
  X(CK_DNN_POINTWISE_STEP, 13, CUDNN_BACKEND_OPERATION_POINTWISE_DESCRIPTOR)                                 \
  X(CK_DNN_GRAPH, 15, CUDNN_BACKEND_OPERATIONGRAPH_DESCRIPTOR)                                               \
  X(CK_DNN_PACK, 16, CUDNN_BACKEND_VARIANT_PACK_DESCRIPTOR)                                                  \
  X(CK_DNN_TENSOR, 17, CUDNN_BACKEND_TENSOR_DESCRIPTOR)                                                      \
  X(CK_DNN_MATMUL, 18, CUDNN_BACKEND_MATMUL_DESCRIPTOR)                                                      \
  X(CK_DNN_MATMUL_STEP, 19, CUDNN_BACKEND_OPERATION_MATMUL_DESCRIPTOR)                                       \
  X(CK_DNN_REDUCTION, 21, CUDNN_BACKEND_REDUCTION_DESCRIPTOR)                                                \
  X(CK_DNN_REDUCTION_STEP, 22, CUDNN_BACKEND_OPERATION_REDUCTION_DESCRIPTOR)                                 \
  X(CK_DNN_POINTWISE_MODE, 0, CUDNN_ATTR_POINTWISE_MODE)                                                     \
  X(CK_DNN_POINTWISE_TYPE, 1, CUDNN_ATTR_POINTWISE_MATH_PREC)                                                \
  X(CK_DNN_CONV_TYPE, 100, CUDNN_ATTR_CONVOLUTION_COMP_TYPE)                                                 \
  X(CK_DNN_CONV_MODE, 101, CUDNN_ATTR_CONVOLUTION_CONV_MODE)                                                 \
  X(CK_DNN_CONV_DILATIONS, 102, CUDNN_ATTR_CONVOLUTION_DILATIONS)                                            \
  X(CK_DNN_CONV_STRIDES, 103, CUDNN_ATTR_CONVOLUTION_FILTER_STRIDES)                                         \
  X(CK_DNN_CONV_AFTER, 104, CUDNN_ATTR_CONVOLUTION_POST_PADDINGS)                                            \
  X(CK_DNN_CONV_BEFORE, 105, CUDNN_ATTR_CONVOLUTION_PRE_PADDINGS)                                            \
  X(CK_DNN_CONV_DIMENSIONS, 106, CUDNN_ATTR_CONVOLUTION_SPATIAL_DIMS)                                        \
  X(CK_DNN_CHOOSER_MODE, 200, CUDNN_ATTR_ENGINEHEUR_MODE)                                                    \
  X(CK_DNN_CHOOSER_GRAPH, 201, CUDNN_ATTR_ENGINEHEUR_OPERATION_GRAPH)                                        \
  X(CK_DNN_CHOOSER_RESULTS, 202, CUDNN_ATTR_ENGINEHEUR_RESULTS)                                              \
  X(CK_DNN_CONFIGURATION_ENGINE, 300, CUDNN_ATTR_ENGINECFG_ENGINE)                                           \
  X(CK_DNN_PLAN_HANDLE, 400, CUDNN_ATTR_EXECUTION_PLAN_HANDLE)                                               \
  X(CK_DNN_PLAN_CONFIGURATION, 401, CUDNN_ATTR_EXECUTION_PLAN_ENGINE_CONFIG)                                 \
  X(CK_DNN_PLAN_WORKSPACE, 402, CUDNN_ATTR_EXECUTION_PLAN_WORKSPACE_SIZE)                                    \
  X(CK_DNN_FORWARD_ALPHA, 700, CUDNN_ATTR_OPERATION_CONVOLUTION_FORWARD_ALPHA)                               \
  X(CK_DNN_FORWARD_BETA, 701, CUDNN_ATTR_OPERATION_CONVOLUTION_FORWARD_BETA)                                 \
  X(CK_DNN_FORWARD_CONV, 702, CUDNN_ATTR_OPERATION_CONVOLUTION_FORWARD_CONV_DESC)                            \
  X(CK_DNN_FORWARD_W, 703, CUDNN_ATTR_OPERATION_CONVOLUTION_FORWARD_W)                                       \
  X(CK_DNN_FORWARD_X, 704, CUDNN_ATTR_OPERATION_CONVOLUTION_FORWARD_X)                                       \
  X(CK_DNN_FORWARD_Y, 705, CUDNN_ATTR_OPERATION_CONVOLUTION_FORWARD_Y)                                       \
  X(CK_DNN_STEP_POINTWISE, 750, CUDNN_ATTR_OPERATION_POINTWISE_PW_DESCRIPTOR)                                \
  X(CK_DNN_STEP_X, 751, CUDNN_ATTR_OPERATION_POINTWISE_XDESC)                                                \
  X(CK_DNN_STEP_B, 752, CUDNN_ATTR_OPERATION_POINTWISE_BDESC)                                                \
  X(CK_DNN_STEP_Y, 753, CUDNN_ATTR_OPERATION_POINTWISE_YDESC)                                                \
  X(CK_DNN_GRAPH_HANDLE, 800, CUDNN_ATTR_OPERATIONGRAPH_HANDLE)                                              \
  X(CK_DNN_GRAPH_STEPS, 801, CUDNN_ATTR_OPERATIONGRAPH_OPS)                                                  \
  X(CK_DNN_TENSOR_ALIGNMENT, 900, CUDNN_ATTR_TENSOR_BYTE_ALIGNMENT)                                          \
  X(CK_DNN_TENSOR_TYPE, 901, CUDNN_ATTR_TENSOR_DATA_TYPE)                                                    \
  X(CK_DNN_TENSOR_DIMENSIONS, 902, CUDNN_ATTR_TENSOR_DIMENSIONS)                                             \
  X(CK_DNN_TENSOR_STRIDES, 903, CUDNN_ATTR_TENSOR_STRIDES)                                                   \
  X(CK_DNN_TENSOR_ID, 906, CUDNN_ATTR_TENSOR_UNIQUE_ID)                                                      \
  X(CK_DNN_TENSOR_VIRTUAL, 907, CUDNN_ATTR_TENSOR_IS_VIRTUAL)                                                \
  X(CK_DNN_TENSOR_BY_VALUE, 908, CUDNN_ATTR_TENSOR_IS_BY_VALUE)                                              \
  X(CK_DNN_PACK_IDS, 1000, CUDNN_ATTR_VARIANT_PACK_UNIQUE_IDS)                                               \
  X(CK_DNN_PACK_POINTERS, 1001, CUDNN_ATTR_VARIANT_PACK_DATA_POINTERS)                                       \
  X(CK_DNN_PACK_WORKSPACE, 1003, CUDNN_ATTR_VARIANT_PACK_WORKSPACE)                                          \
  X(CK_DNN_ENGINE_INDEX, 1301, CUDNN_ATTR_ENGINE_GLOBAL_INDEX)                                               \
  X(CK_DNN_MATMUL_TYPE, 1500, CUDNN_ATTR_MATMUL_COMP_TYPE)                                                   \
  X(CK_DNN_MATMUL_A, 1520, CUDNN_ATTR_OPERATION_MATMUL_ADESC)                                                \
  X(CK_DNN_MATMUL_B, 1521, CUDNN_ATTR_OPERATION_MATMUL_BDESC)                                                \
  X(CK_DNN_MATMUL_C, 1522, CUDNN_ATTR_OPERATION_MATMUL_CDESC)                                                \
  X(CK_DNN_MATMUL_HOW, 1523, CUDNN_ATTR_OPERATION_MATMUL_DESC)                                               \
  X(CK_DNN_REDUCTION_MODE, 1600, CUDNN_ATTR_REDUCTION_OPERATOR)                                              \
  X(CK_DNN_REDUCTION_TYPE, 1601, CUDNN_ATTR_REDUCTION_COMP_TYPE)                                             \
  X(CK_DNN_REDUCTION_X, 1610, CUDNN_ATTR_OPERATION_REDUCTION_XDESC)                                          \
  X(CK_DNN_REDUCTION_Y, 1611, CUDNN_ATTR_OPERATION_REDUCTION_YDESC)                                          \
  X(CK_DNN_REDUCTION_HOW, 1612, CUDNN_ATTR_OPERATION_REDUCTION_DESC)

#define CK_CUDA_CONSTANT(name, value, theirs) name = value,
enum {
  CK_CUDA_CONSTANTS(CK_CUDA_CONSTANT) CK_CUDA_PRODUCT_CONSTANTS(CK_CUDA_CONSTANT)
      CK_CUDA_NETWORK_CONSTANTS(CK_CUDA_CONSTANT)
};

#endif
