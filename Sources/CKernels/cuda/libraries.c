#define _GNU_SOURCE

#include "cuda/libraries.h"

#include <dlfcn.h>
#include <glob.h>
#include <limits.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static ck_cuda_libraries found;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void explain(const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(found.absence, sizeof found.absence, format, arguments);
  va_end(arguments);
}

// Below a folder that a user names: itself, a toolkit, a folder of wheels, a Python environment.
static const char *const places[] = {
    "",
    "/lib64",
    "/lib",
    "/nvidia/cu13/lib",
    "/nvidia/cuda_nvrtc/lib",
    "/nvidia/cublas/lib",
    "/nvidia/cudnn/lib",
    "/lib/python3*/site-packages/nvidia/cu13/lib",
    "/lib/python3*/site-packages/nvidia/cuda_nvrtc/lib",
    "/lib/python3*/site-packages/nvidia/cublas/lib",
    "/lib/python3*/site-packages/nvidia/cudnn/lib",
};

// Opens `path`; the compiler's other half beside it first, which it does not find by itself.
static void *open_path(const char *path) {
  const char *slash = strrchr(path, '/');
  if (slash != NULL && strncmp(slash + 1, "libnvrtc.so", 11) == 0) {
    char pattern[PATH_MAX];
    glob_t halves;
    snprintf(pattern, sizeof pattern, "%.*s/libnvrtc-builtins.so.*", (int)(slash - path), path);
    if (glob(pattern, 0, NULL, &halves) == 0) {
      for (size_t i = 0; i < halves.gl_pathc; i++)
        dlopen(halves.gl_pathv[i], RTLD_NOW | RTLD_GLOBAL);
      globfree(&halves);
    }
  }
  return dlopen(path, RTLD_NOW | RTLD_LOCAL);
}

static void *open_below(const char *folder, int length, const char *name) {
  void *library = NULL;
  for (size_t i = 0; i < sizeof places / sizeof places[0] && library == NULL; i++) {
    char pattern[PATH_MAX];
    glob_t paths;
    snprintf(pattern, sizeof pattern, "%.*s%s/%s", length, folder, places[i], name);
    if (glob(pattern, 0, NULL, &paths) != 0)
      continue;
    for (size_t k = 0; k < paths.gl_pathc && library == NULL; k++)
      library = open_path(paths.gl_pathv[k]);
    globfree(&paths);
  }
  return library;
}

static void *open_library(const char *name) {
  const char *folders = getenv("ATELIER_CUDA_PATH");
  while (folders != NULL && *folders != 0) {
    int length = (int)strcspn(folders, ":");
    void *library = length > 0 ? open_below(folders, length, name) : NULL;
    if (library != NULL)
      return library;
    folders += length + (folders[length] == ':');
  }
  void *library = dlopen(name, RTLD_NOW | RTLD_LOCAL);
  return library != NULL ? library : open_below("/usr/local/cuda", 15, name);
}

// Fills one member; a missing symbol is the reason that is told.
static int find(void *library, const char *file, const char *symbol, void *member) {
  void *address = dlsym(library, symbol);
  memcpy(member, &address, sizeof address);
  if (address == NULL)
    explain("%s has no %s: it is too old or not NVIDIA's; install a newer one", file, symbol);
  return address != NULL;
}

#define FIND(name, parameters) &&find(library, file, #name, &found.name)

static int open_driver(void) {
  const char *file = "libcuda.so.1";
  void *library = open_library(file);
  if (library == NULL) {
    explain("no libcuda.so.1 on this host: install NVIDIA's driver (Debian: nvidia-driver)");
    return 0;
  }
  if (!(1 CK_CUDA_DRIVER(FIND)))
    return 0;
  int status = found.cuInit(0);
  if (status == CK_CU_NO_DEVICE) {
    explain("NVIDIA's driver is installed but sees no GPU");
    return 0;
  }
  if (status != 0) {
    explain("NVIDIA's driver does not start (error %d): is its kernel module loaded? Try nvidia-smi", status);
    return 0;
  }
  if (found.cuDriverGetVersion(&found.driver_version) != 0 || found.cuDeviceGetCount(&found.devices) != 0 ||
      found.devices < 1) {
    explain("NVIDIA's driver is installed but sees no GPU");
    return 0;
  }
  return 1;
}

static int open_compiler(int major) {
  char file[32];
  snprintf(file, sizeof file, "libnvrtc.so.%d", major);
  void *library = open_library(file);
  if (library == NULL || !(1 CK_CUDA_COMPILER(FIND)))
    return 0;
  return found.nvrtcVersion(&found.compiler_major, &found.compiler_minor) == 0;
}

// Opens what may be missing: that is no reason to do without the GPU.
#define OPEN_OPTIONAL(member, file, functions)                                                               \
  do {                                                                                                       \
    char kept[sizeof found.absence];                                                                         \
    memcpy(kept, found.absence, sizeof kept);                                                                \
    void *library = open_library(file);                                                                      \
    found.member = library != NULL functions(FIND);                                                          \
    memcpy(found.absence, kept, sizeof kept);                                                                \
  } while (0)

static void open_products(int major) {
  char file[32];
  snprintf(file, sizeof file, "libcublasLt.so.%d", major);
  OPEN_OPTIONAL(has_products, file, CK_CUDA_PRODUCTS);
}

static void open_networks(void) {
  const char *file = "libcudnn.so.9";
  OPEN_OPTIONAL(has_networks, file, CK_CUDA_NETWORKS);
}

static void open_management(void) {
  const char *file = "libnvidia-ml.so.1";
  OPEN_OPTIONAL(has_management, file, CK_CUDA_MANAGEMENT);
  found.has_management = found.has_management && found.nvmlInit_v2() == 0;
}

// A driver loads what its own generation's compiler or an older one makes.
static void open_all(void) {
  if (!open_driver())
    return;
  int newest = found.driver_version / 1000, major = newest < 13 ? newest : 13;
  if (newest < 12) {
    explain("the driver serves CUDA %d.%d, expected 12.0 or newer: install a newer NVIDIA driver", newest,
            found.driver_version % 1000 / 10);
    return;
  }
  while (major >= 12 && !open_compiler(major))
    major--;
  if (major < 12) {
    if (found.absence[0] == 0)
      explain("the driver serves CUDA %d.%d but libnvrtc.so.%d is missing: pip install nvidia-cuda-nvrtc%s "
              "nvidia-cublas%s, or NVIDIA's CUDA toolkit",
              newest, found.driver_version % 1000 / 10, newest < 13 ? 12 : 13, newest < 13 ? "-cu12" : "",
              newest < 13 ? "-cu12" : "");
    return;
  }
  found.absence[0] = 0;
  open_products(major);
  open_networks();
  open_management();
}

const ck_cuda_libraries *ck_cuda_open_libraries(void) {
  pthread_once(&once, open_all);
  return &found;
}
