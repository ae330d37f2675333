// Put before a kernel file to compile it for the host's processor: what the device's compiler and the prelude's
// instructions would have given it, as calls into the emulator that runs it.

#pragma once
#include <cmath>
#include <cstring>

struct emulated_index {
  unsigned x, y, z;
};

// What the emulator lends a module: where the running thread is, and what its instructions do.
struct emulated_host {
  emulated_index thread, block, threads, blocks;
  void *dynamic_shared;
  void (*synchronize)();
  unsigned (*shuffle)(unsigned value, int mask);
  void (*multiply)(float *d, const unsigned *a, unsigned b0, unsigned b1, int is_brain);
  void (*matrices)(unsigned *registers, const void *row, int count, int turned);
  void (*copy)(void *to, const void *from, bool real);
  void (*commit)();
  void (*wait)(int left);
};

// A kernel as a module exports it.
struct emulated_kernel {
  void (*body)(const void *parameters);
  unsigned long parameter_bytes;
  unsigned most_threads;
};

#ifdef CK_EMULATED
extern "C" {
__attribute__((visibility("default"))) emulated_host *emulated;
}
#define threadIdx (emulated->thread)
#define blockIdx (emulated->block)
#define blockDim (emulated->threads)
#define gridDim (emulated->blocks)
#define __shared__ static
#define __syncthreads() emulated->synchronize()
#define DEVICE static inline
#define CK_FIRST(first, ...) first
#define CK_KERNEL(name, type, ...)                                                                                \
  static void name##_body(const type &p);                                                                         \
  extern "C" {                                                                                                    \
  __attribute__((visibility("default"))) emulated_kernel name = {                                                 \
      [](const void *parameters) { name##_body(*static_cast<const type *>(parameters)); }, sizeof(type),          \
      (unsigned)(CK_FIRST(__VA_ARGS__))};                                                                                       \
  }                                                                                                               \
  static void name##_body(const type &p)
#define DYNAMIC_SHARED(name) u8 *name = (u8 *)emulated->dynamic_shared

static inline float __uint_as_float(unsigned bits) {
  float x;
  memcpy(&x, &bits, 4);
  return x;
}
static inline unsigned __float_as_uint(float x) {
  unsigned bits;
  memcpy(&bits, &x, 4);
  return bits;
}
static inline float from_half(unsigned short bits) {
  _Float16 x;
  memcpy(&x, &bits, 2);
  return (float)x;
}
static inline unsigned short to_half(float x) {
  _Float16 narrow = (_Float16)x;
  unsigned short bits;
  memcpy(&bits, &narrow, 2);
  return bits;
}
static inline unsigned short to_brain(float x) {
  unsigned bits = __float_as_uint(x);
  if (x != x)
    return 0x7fff;
  return (unsigned short)((bits + 0x7fffu + (bits >> 16 & 1u)) >> 16);
}
template <typename T> static inline unsigned pack_pair(float low, float high, T) {
  return T::is_brain ? (unsigned)to_brain(low) | (unsigned)to_brain(high) << 16
                     : (unsigned)to_half(low) | (unsigned)to_half(high) << 16;
}
static inline float power_of_two(float x) { return exp2f(x); }
template <typename T>
static inline void multiply(float (&d)[4], const unsigned (&a)[4], unsigned b0, unsigned b1, T) {
  emulated->multiply(d, a, b0, b1, T::is_brain);
}
template <int COUNT> static inline void load_matrices(unsigned (&r)[COUNT], const void *row) {
  emulated->matrices(r, row, COUNT, 0);
}
template <int COUNT> static inline void load_turned(unsigned (&r)[COUNT], const void *row) {
  emulated->matrices(r, row, COUNT, 1);
}
static inline void copy_async(void *to, const void *from, bool real) { emulated->copy(to, from, real); }
static inline void commit_copies() { emulated->commit(); }
template <int LEFT> static inline void wait_copies() { emulated->wait(LEFT); }
static inline float other_lane(float x, int mask) {
  return __uint_as_float(emulated->shuffle(__float_as_uint(x), mask));
}
static inline void synchronize_warp() { emulated->shuffle(0, 0); }
static inline void add_count(unsigned long long *to, unsigned long long n) { *to += n; }
#endif
