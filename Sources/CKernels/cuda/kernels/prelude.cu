// What every kernel file begins with: storage types, their conversions, and the few instructions that C++ has no
// word for. No header is included, so that NVRTC needs none on the host. With CK_EMULATED the instructions are
// functions of the tests' emulator; everything else is the same text.

typedef unsigned char u8;
typedef unsigned short u16;
typedef unsigned int u32;
typedef unsigned long long u64;
typedef long long i64;

enum { F32 = 0, F16 = 1, BF16 = 2 };
enum { NONE = 0, SILU = 1, GELU = 2, QUICK_GELU = 3 };

struct half_t {
  u16 bits;
  enum { is_brain = 0 };
};
struct bf16_t {
  u16 bits;
  enum { is_brain = 1 };
};

#ifndef CK_EMULATED
#define DEVICE static __device__ __forceinline__
// What follows the type: threads of a block, and how many blocks a multiprocessor is to have room for.
#define CK_KERNEL(name, type, ...)                                                                                \
  extern "C" __global__ void __launch_bounds__(__VA_ARGS__) name(const type p)

DEVICE float from_half(u16 h) {
  float f;
  asm("cvt.f32.f16 %0, %1;" : "=f"(f) : "h"(h));
  return f;
}
DEVICE u16 to_half(float f) {
  u16 h;
  asm("cvt.rn.f16.f32 %0, %1;" : "=h"(h) : "f"(f));
  return h;
}
DEVICE u16 to_brain(float f) {
  u16 h;
  asm("cvt.rn.bf16.f32 %0, %1;" : "=h"(h) : "f"(f));
  return h;
}
// Two values in one register, `low` in its lower half.
DEVICE u32 pack_pair(float low, float high, half_t) {
  u32 r;
  asm("cvt.rn.f16x2.f32 %0, %1, %2;" : "=r"(r) : "f"(high), "f"(low));
  return r;
}
DEVICE u32 pack_pair(float low, float high, bf16_t) {
  u32 r;
  asm("cvt.rn.bf16x2.f32 %0, %1, %2;" : "=r"(r) : "f"(high), "f"(low));
  return r;
}
// 2^x, within 2 ulp.
DEVICE float power_of_two(float x) {
  float y;
  asm("ex2.approx.ftz.f32 %0, %1;" : "=f"(y) : "f"(x));
  return y;
}
DEVICE u32 shared_address(const void *p) {
  u32 a;
  asm("{ .reg .u64 t; cvta.to.shared.u64 t, %1; cvt.u32.u64 %0, t; }" : "=r"(a) : "l"(p));
  return a;
}
// d += a·b of 16×8×16 by a warp.
DEVICE void multiply(float (&d)[4], const u32 (&a)[4], u32 b0, u32 b1, half_t) {
  asm volatile("mma.sync.aligned.m16n8k16.row.col.f32.f16.f16.f32 {%0,%1,%2,%3}, {%4,%5,%6,%7}, {%8,%9}, "
               "{%0,%1,%2,%3};"
               : "+f"(d[0]), "+f"(d[1]), "+f"(d[2]), "+f"(d[3])
               : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(b0), "r"(b1));
}
DEVICE void multiply(float (&d)[4], const u32 (&a)[4], u32 b0, u32 b1, bf16_t) {
  asm volatile("mma.sync.aligned.m16n8k16.row.col.f32.bf16.bf16.f32 {%0,%1,%2,%3}, {%4,%5,%6,%7}, {%8,%9}, "
               "{%0,%1,%2,%3};"
               : "+f"(d[0]), "+f"(d[1]), "+f"(d[2]), "+f"(d[3])
               : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(b0), "r"(b1));
}
// Matrices of 8×8 from rows of 16 bytes whose addresses the lanes give.
DEVICE void load_matrices(u32 (&r)[4], const void *row) {
  asm volatile("ldmatrix.sync.aligned.m8n8.x4.shared.b16 {%0,%1,%2,%3}, [%4];"
               : "=r"(r[0]), "=r"(r[1]), "=r"(r[2]), "=r"(r[3])
               : "r"(shared_address(row))
               : "memory");
}
DEVICE void load_matrices(u32 (&r)[2], const void *row) {
  asm volatile("ldmatrix.sync.aligned.m8n8.x2.shared.b16 {%0,%1}, [%2];"
               : "=r"(r[0]), "=r"(r[1])
               : "r"(shared_address(row))
               : "memory");
}
DEVICE void load_turned(u32 (&r)[4], const void *row) {
  asm volatile("ldmatrix.sync.aligned.m8n8.x4.trans.shared.b16 {%0,%1,%2,%3}, [%4];"
               : "=r"(r[0]), "=r"(r[1]), "=r"(r[2]), "=r"(r[3])
               : "r"(shared_address(row))
               : "memory");
}
DEVICE void load_turned(u32 (&r)[2], const void *row) {
  asm volatile("ldmatrix.sync.aligned.m8n8.x2.trans.shared.b16 {%0,%1}, [%2];"
               : "=r"(r[0]), "=r"(r[1])
               : "r"(shared_address(row))
               : "memory");
}
// 16 bytes to shared memory without waiting; zeros where not `real`.
DEVICE void copy_async(void *to, const void *from, bool real) {
  int bytes = real ? 16 : 0;
  asm volatile("cp.async.cg.shared.global [%0], [%1], 16, %2;" ::"r"(shared_address(to)), "l"(from), "r"(bytes)
               : "memory");
}
DEVICE void commit_copies() { asm volatile("cp.async.commit_group;" ::: "memory"); }
template <int LEFT> DEVICE void wait_copies() {
  asm volatile("cp.async.wait_group %0;" ::"n"(LEFT) : "memory");
}
DEVICE float other_lane(float x, int mask) { return __shfl_xor_sync(0xffffffffu, x, mask); }
DEVICE void synchronize_warp() { __syncwarp(); }
DEVICE void add_count(u64 *to, u64 n) { atomicAdd(to, n); }
#define DYNAMIC_SHARED(name) extern __shared__ __align__(16) u8 name[]
#endif

DEVICE float from_brain(u16 h) { return __uint_as_float((u32)h << 16); }

DEVICE float to_float(float x) { return x; }
DEVICE float to_float(half_t x) { return from_half(x.bits); }
DEVICE float to_float(bf16_t x) { return from_brain(x.bits); }

template <typename T> struct storage;
template <> struct storage<float> {
  DEVICE float of(float x) { return x; }
  enum { TYPE = F32 };
};
template <> struct storage<half_t> {
  DEVICE half_t of(float x) { return half_t{to_half(x)}; }
  enum { TYPE = F16 };
};
template <> struct storage<bf16_t> {
  DEVICE bf16_t of(float x) { return bf16_t{to_brain(x)}; }
  enum { TYPE = BF16 };
};

#if CK_STORAGE == 1
typedef half_t element;
#elif CK_STORAGE == 2
typedef bf16_t element;
#else
typedef float element;
#endif

// By a type known only now: every lane takes the same branch.
DEVICE float load_as(u64 address, int type, i64 i) {
  if (type == F32)
    return ((const float *)address)[i];
  u16 bits = ((const u16 *)address)[i];
  return type == F16 ? from_half(bits) : from_brain(bits);
}
DEVICE void store_as(u64 address, int type, i64 i, float x) {
  if (type == F32)
    ((float *)address)[i] = x;
  else
    ((u16 *)address)[i] = type == F16 ? to_half(x) : to_brain(x);
}

DEVICE float silu(float x) { return x / (1.0f + expf(-x)); }
DEVICE float gelu(float x) { return 0.5f * x * (1.0f + erff(x * 0.70710678118f)); }
DEVICE float activate(float x, int activation) {
  if (activation == SILU)
    return silu(x);
  if (activation == GELU)
    return gelu(x);
  if (activation == QUICK_GELU)
    return x / (1.0f + expf(-1.702f * x));
  return x;
}

// Over the 32 lanes; every lane gets the same bits.
DEVICE float warp_sum(float x) {
  for (int mask = 16; mask > 0; mask /= 2)
    x += other_lane(x, mask);
  return x;
}
DEVICE float warp_max(float x) {
  for (int mask = 16; mask > 0; mask /= 2)
    x = fmaxf(x, other_lane(x, mask));
  return x;
}

DEVICE i64 global_index() { return (i64)blockIdx.x * blockDim.x + threadIdx.x; }
DEVICE i64 global_stride() { return (i64)gridDim.x * blockDim.x; }
