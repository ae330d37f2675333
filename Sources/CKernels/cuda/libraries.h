#ifndef ATELIER_CUDA_LIBRARIES_H
#define ATELIER_CUDA_LIBRARIES_H

#include "cuda/interface.h"

#define CK_CUDA_MEMBER(name, parameters) int(*name) parameters;

// NVIDIA's libraries as this process found them.
typedef struct ck_cuda_libraries {
  CK_CUDA_DRIVER(CK_CUDA_MEMBER)
  CK_CUDA_COMPILER(CK_CUDA_MEMBER)
  CK_CUDA_PRODUCTS(CK_CUDA_MEMBER)
  CK_CUDA_MANAGEMENT(CK_CUDA_MEMBER)
  CK_CUDA_NETWORKS(CK_CUDA_MEMBER)
  int driver_version; // of CUDA that the driver serves: 1000·major + 10·minor
  int compiler_major, compiler_minor;
  int devices;
  int has_products;   // whether libcublasLt is there; own kernels do its work otherwise
  int has_management; // whether libnvidia-ml is there
  int has_networks;   // whether libcudnn is there; own kernels do its work otherwise
  char absence[256];  // why there is no device, with what to install; empty if all is well
} ck_cuda_libraries;

// Opens the libraries once for the process; later calls give the same answer.
//
// Each is looked for in the folders of ATELIER_CUDA_PATH (separated by colons; also where Python wheels and
// the toolkit put libraries below them), then where the system's loader looks, then in /usr/local/cuda.
const ck_cuda_libraries *ck_cuda_open_libraries(void);

#endif
