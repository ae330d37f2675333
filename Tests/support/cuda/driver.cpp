// A libcuda.so.1 whose device is the emulator: what Atelier's backend calls of the driver, with the driver's rules
// checked. Written from the CUDA driver API's documentation. The environment sets the device's size and its faults:
//   EMULATED_DEVICES=n  EMULATED_MEMORY=bytes  EMULATED_DRIVER=version  EMULATED_CHIP=80
//   EMULATED_FAIL=function:code:n:m  the n-th call of the function and the m − 1 after it give the code; without m all
//                                    after it. Codes of broken contexts stay
//   EMULATED_ONCE=file               faults are for the one process that could make the file
//   EMULATED_WHEN=file               faults come, and are counted, only while the file is there
//   EMULATED_LARGEST=bytes           no larger block of memory is given, while it is time

#include "execution.h"

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <dlfcn.h>
#include <fcntl.h>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <time.h>
#include <unistd.h>
#include <vector>

namespace {

enum { OK = 0, INVALID = 1, NO_MEMORY = 2, NO_DEVICE = 100, NO_BINARY = 209, ILLEGAL_ADDRESS = 700, CAPTURED = 900 };

struct function {
  const emulated_kernel *kernel;
  int shared_bytes;
};
struct graph {
  std::vector<std::function<void()>> work;
};
struct event {
  double time;
};

std::map<uint64_t, size_t> blocks;
size_t used;
int sticky;
graph *recording;
bool entered;

long number(const char *name, long otherwise) {
  const char *text = getenv(name);
  return text ? atol(text) : otherwise;
}

// Whether faults are for this process.
bool is_mine() {
  static bool mine = [] {
    const char *file = getenv("EMULATED_ONCE");
    return !file || open(file, O_CREAT | O_EXCL | O_WRONLY, 0600) >= 0;
  }();
  return mine;
}

bool is_time() {
  const char *when = getenv("EMULATED_WHEN");
  return !when || access(when, F_OK) == 0;
}

// The fault that is asked for, if this is its turn.
int fault(const char *name) {
  static std::map<std::string, int> calls;
  if (sticky)
    return sticky;
  const char *text = getenv("EMULATED_FAIL");
  if (!text || !is_time())
    return OK;
  int turn = ++calls[name];
  char wanted[64];
  int code, from = 1, count = 1 << 30;
  if (sscanf(text, "%63[^:]:%d:%d:%d", wanted, &code, &from, &count) >= 2 && name == std::string(wanted) &&
      turn >= from && turn - from < count && is_mine()) {
    if (code >= ILLEGAL_ADDRESS && code < CAPTURED)
      sticky = code;
    return code;
  }
  return OK;
}

#define BEGIN                                                                                                     \
  if (int code = fault(__func__))                                                                                 \
  return code
#define NEEDS_CONTEXT                                                                                             \
  BEGIN;                                                                                                          \
  if (!entered)                                                                                                   \
  return 201

// Whether [p, p + bytes) is inside one block.
bool owned(uint64_t p, size_t bytes) {
  auto after = blocks.upper_bound(p);
  if (after == blocks.begin())
    return false;
  --after;
  return p + bytes <= after->first + after->second;
}

// Now, or when the graph that is recorded is launched.
void perform(std::function<void()> work) {
  if (recording)
    recording->work.push_back(work);
  else
    work();
}

double seconds() {
  timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec + t.tv_nsec * 1e-9;
}

} // namespace

extern "C" {

// For the emulated libraries: what they are asked is part of what is recorded, as with the real ones. Zero, or the
// driver's code.
int emulated_perform(void (*work)(void *), void *state, void (*drop)(void *)) {
  NEEDS_CONTEXT;
  std::shared_ptr<void> kept(state, drop);
  perform([=] { work(kept.get()); });
  return OK;
}

int cuInit(unsigned) { BEGIN; return number("EMULATED_DEVICES", 1) > 0 ? OK : NO_DEVICE; }
int cuDriverGetVersion(int *version) { BEGIN; *version = number("EMULATED_DRIVER", 13000); return OK; }
int cuDeviceGetCount(int *count) { BEGIN; *count = number("EMULATED_DEVICES", 1); return OK; }
int cuDeviceGet(int *device, int ordinal) { BEGIN; *device = ordinal + 40; return OK; }
int cuDeviceGetName(char *name, int bytes, int device) {
  BEGIN;
  snprintf(name, bytes, "Emulated GPU %d", device - 40);
  return OK;
}
int cuDeviceGetPCIBusId(char *bus, int bytes, int device) {
  BEGIN;
  snprintf(bus, bytes, "0000:%02x:00.0", device);
  return OK;
}
int cuDeviceTotalMem_v2(size_t *bytes, int) { BEGIN; *bytes = number("EMULATED_MEMORY", 8l << 30); return OK; }
int cuDeviceGetAttribute(int *value, int attribute, int) {
  BEGIN;
  long chip = number("EMULATED_CHIP", 80);
  switch (attribute) {
  case 16: *value = number("EMULATED_PROCESSORS", 132); return OK;
  case 75: *value = chip / 10; return OK;
  case 76: *value = chip % 10; return OK;
  case 97: *value = 99 * 1024; return OK;
  default: return INVALID;
  }
}
int cuDevicePrimaryCtxRetain(void **context, int device) {
  BEGIN;
  *context = reinterpret_cast<void *>(static_cast<intptr_t>(device));
  return OK;
}
int cuDevicePrimaryCtxRelease_v2(int) { return OK; }
int cuCtxSetCurrent(void *context) { BEGIN; entered = context != nullptr; return OK; }
int cuMemGetInfo_v2(size_t *free, size_t *total) {
  NEEDS_CONTEXT;
  *total = number("EMULATED_MEMORY", 8l << 30);
  *free = *total - used;
  return OK;
}
int cuMemAlloc_v2(uint64_t *memory, size_t bytes) {
  NEEDS_CONTEXT;
  if (bytes == 0)
    return INVALID;
  if (used + bytes > static_cast<size_t>(number("EMULATED_MEMORY", 8l << 30)) ||
      (bytes > static_cast<size_t>(number("EMULATED_LARGEST", 8l << 30)) && is_time()))
    return NO_MEMORY;
  void *block = aligned_alloc(512, (bytes + 511) / 512 * 512);
  memset(block, 0xff, bytes); // whoever reads what was never written gets NaN
  *memory = reinterpret_cast<uint64_t>(block);
  blocks[*memory] = bytes;
  used += bytes;
  return OK;
}
int cuMemFree_v2(uint64_t memory) {
  NEEDS_CONTEXT;
  auto found = blocks.find(memory);
  if (found == blocks.end())
    return INVALID;
  used -= found->second;
  blocks.erase(found);
  free(reinterpret_cast<void *>(memory));
  return OK;
}
int cuMemcpyHtoDAsync_v2(uint64_t to, const void *from, size_t bytes, void *) {
  NEEDS_CONTEXT;
  if (recording || !owned(to, bytes))
    return recording ? CAPTURED : INVALID;
  memcpy(reinterpret_cast<void *>(to), from, bytes);
  return OK;
}
int cuMemcpyDtoHAsync_v2(void *to, uint64_t from, size_t bytes, void *) {
  NEEDS_CONTEXT;
  if (recording || !owned(from, bytes))
    return recording ? CAPTURED : INVALID;
  memcpy(to, reinterpret_cast<void *>(from), bytes);
  return OK;
}
int cuMemcpyDtoDAsync_v2(uint64_t to, uint64_t from, size_t bytes, void *) {
  NEEDS_CONTEXT;
  if (!owned(to, bytes) || !owned(from, bytes))
    return INVALID;
  perform([=] { memcpy(reinterpret_cast<void *>(to), reinterpret_cast<void *>(from), bytes); });
  return OK;
}
int cuMemsetD8Async(uint64_t to, unsigned char value, size_t bytes, void *) {
  NEEDS_CONTEXT;
  if (!owned(to, bytes))
    return INVALID;
  perform([=] { memset(reinterpret_cast<void *>(to), value, bytes); });
  return OK;
}
int cuStreamCreate(void **stream, unsigned) { NEEDS_CONTEXT; *stream = new int; return OK; }
int cuStreamDestroy_v2(void *stream) { delete static_cast<int *>(stream); return OK; }
int cuStreamSynchronize(void *) { NEEDS_CONTEXT; return recording ? CAPTURED : OK; }
int cuStreamBeginCapture_v2(void *, int) {
  NEEDS_CONTEXT;
  if (recording)
    return INVALID;
  recording = new graph;
  return OK;
}
int cuStreamEndCapture(void *, void **result) {
  BEGIN;
  *result = recording;
  bool was = recording != nullptr;
  recording = nullptr;
  return was ? OK : INVALID;
}
int cuGraphInstantiateWithFlags(void **exec, void *from, unsigned long long) {
  NEEDS_CONTEXT;
  *exec = new graph(*static_cast<graph *>(from));
  return OK;
}
int cuGraphLaunch(void *exec, void *) {
  NEEDS_CONTEXT;
  for (auto &work : static_cast<graph *>(exec)->work)
    work();
  return OK;
}
int cuGraphExecDestroy(void *exec) { delete static_cast<graph *>(exec); return OK; }
int cuGraphDestroy(void *of) { delete static_cast<graph *>(of); return OK; }

int cuModuleLoadData(void **module, const void *image) {
  NEEDS_CONTEXT;
  // The emulated compiler's image: a mark, the chip it is for, a length, a shared library.
  struct head {
    char mark[8];
    uint32_t chip, bytes;
  } h;
  memcpy(&h, image, sizeof h);
  if (memcmp(h.mark, "EMULATED", 8) != 0 || h.chip != number("EMULATED_CHIP", 80))
    return NO_BINARY;
  char path[] = "/tmp/emulated-module-XXXXXX"; // the loader knows libraries by name: each needs its own
  int file = mkstemp(path);
  if (write(file, static_cast<const char *>(image) + sizeof h, h.bytes) != h.bytes)
    return NO_BINARY;
  *module = dlopen(path, RTLD_NOW | RTLD_LOCAL);
  close(file);
  unlink(path);
  if (!*module)
    return NO_BINARY;
  *static_cast<emulated_host **>(dlsym(*module, "emulated")) = execution_host();
  return OK;
}
int cuModuleUnload(void *module) { dlclose(module); return OK; }
int cuModuleGetFunction(void **result, void *module, const char *name) {
  NEEDS_CONTEXT;
  auto kernel = static_cast<const emulated_kernel *>(dlsym(module, name));
  if (!kernel)
    return 500;
  *result = new function{kernel, 48 * 1024};
  return OK;
}
int cuFuncSetAttribute(void *of, int attribute, int value) {
  NEEDS_CONTEXT;
  if (attribute != 8 || value > 99 * 1024)
    return INVALID;
  static_cast<function *>(of)->shared_bytes = value;
  return OK;
}
int cuLaunchKernel(void *of, unsigned gx, unsigned gy, unsigned gz, unsigned bx, unsigned by, unsigned bz,
                   unsigned shared_bytes, void *, void **parameters, void **) {
  NEEDS_CONTEXT;
  auto f = static_cast<function *>(of);
  if (gx < 1 || gy < 1 || gz < 1 || gy > 65535 || gz > 65535 || bx * by * bz < 1 || bx * by * bz > 1024 ||
      static_cast<int>(shared_bytes) > f->shared_bytes)
    return INVALID;
  std::string copy(static_cast<const char *>(parameters[0]), f->kernel->parameter_bytes);
  const emulated_kernel *kernel = f->kernel;
  perform([=] { execute(launch{kernel, {gx, gy, gz}, {bx, by, bz}, shared_bytes, copy.data()}); });
  return OK;
}
int cuEventCreate(void **result, unsigned) { NEEDS_CONTEXT; *result = new event{}; return OK; }
int cuEventDestroy_v2(void *of) { delete static_cast<event *>(of); return OK; }
int cuEventRecord(void *of, void *) { NEEDS_CONTEXT; static_cast<event *>(of)->time = seconds(); return OK; }
int cuEventSynchronize(void *) { NEEDS_CONTEXT; return OK; }
int cuEventElapsedTime(float *milliseconds, void *start, void *end) {
  NEEDS_CONTEXT;
  *milliseconds = 1e3 * (static_cast<event *>(end)->time - static_cast<event *>(start)->time);
  return OK;
}
int cuGetErrorString(int error, const char **text) {
  *text = error == ILLEGAL_ADDRESS ? "an illegal memory access was encountered" : "an emulated error";
  return OK;
}
}
