// Compiles only if what Atelier declares by hand agrees with NVIDIA's headers, of which HAS_… says which are there.

#include <cstddef>
#include <cstdint>
#include <type_traits>

#if HAS_DRIVER
#include <cuda.h>
#endif
#if HAS_COMPILER
#include <nvrtc.h>
#endif
#if HAS_MANAGEMENT
#include <nvml.h>
#endif
#if HAS_NETWORKS
#include <cudnn.h>
#endif
#if HAS_PRODUCTS
#include <cublasLt.h>
#endif

namespace ours {
#include "cuda/interface.h"
}

// Handles and enumerations have other names; size, kind and number of parameters must be the same.
template <typename A, typename B> constexpr bool alike() {
  return sizeof(A) == sizeof(B) && std::is_pointer<A>::value == std::is_pointer<B>::value &&
         std::is_floating_point<A>::value == std::is_floating_point<B>::value;
}
template <typename A, typename B> struct same : std::false_type {};
template <typename R1, typename... A, typename R2, typename... B> struct same<R1 (*)(A...), R2 (*)(B...)> {
  template <typename... C> struct list {};
  static constexpr bool each(...) { return false; }
  template <typename... C, typename... D>
  static constexpr typename std::enable_if<sizeof...(C) == sizeof...(D), bool>::type each(list<C...>, list<D...>) {
    return (alike<C, D>() && ...);
  }
  static constexpr bool value = sizeof(R1) == sizeof(R2) && each(list<A...>(), list<B...>());
};

#define FUNCTION(name, parameters)                                                                                \
  namespace ours {                                                                                                \
  using name##_type = int(*) parameters;                                                                          \
  }                                                                                                               \
  static_assert(same<decltype(&::name), ours::name##_type>::value, #name);
#define CONSTANT(name, value, theirs) static_assert(static_cast<long>(value) == static_cast<long>(theirs), #theirs);

#if HAS_DRIVER
CK_CUDA_DRIVER(FUNCTION)
CK_CUDA_CONSTANTS(CONSTANT)
static_assert(sizeof(CUdeviceptr) == sizeof(ours::ck_cu_address), "CUdeviceptr");
#endif
#if HAS_COMPILER
CK_CUDA_COMPILER(FUNCTION)
#endif
#if HAS_MANAGEMENT
CK_CUDA_MANAGEMENT(FUNCTION)
static_assert(sizeof(nvmlMemory_t) == sizeof(ours::ck_nvml_memory), "nvmlMemory_t");
static_assert(offsetof(nvmlMemory_t, used) == offsetof(ours::ck_nvml_memory, used), "used");
static_assert(sizeof(nvmlUtilization_t) == sizeof(ours::ck_nvml_use), "nvmlUtilization_t");
#endif
#if HAS_NETWORKS
CK_CUDA_NETWORKS(FUNCTION)
CK_CUDA_NETWORK_CONSTANTS(CONSTANT)
#endif
#if HAS_PRODUCTS
CK_CUDA_PRODUCTS(FUNCTION)
CK_CUDA_PRODUCT_CONSTANTS(CONSTANT)
static_assert(sizeof(cublasLtMatmulAlgo_t) == sizeof(ours::ck_lt_algorithm), "cublasLtMatmulAlgo_t");
static_assert(sizeof(cublasLtMatmulHeuristicResult_t) == sizeof(ours::ck_lt_heuristic), "heuristic");
static_assert(offsetof(cublasLtMatmulHeuristicResult_t, state) == offsetof(ours::ck_lt_heuristic, state), "state");
#endif
