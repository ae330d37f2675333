// For syscall.
#define _GNU_SOURCE

#include "x86/instructions.h"

#if defined(__x86_64__)

#include <cpuid.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <unistd.h>

typedef struct registers {
  unsigned a, b, c, d;
} registers;

static registers leaf7(unsigned subleaf) {
  registers r = {0, 0, 0, 0};
  if (__get_cpuid_max(0, 0) >= 7)
    __cpuid_count(7, subleaf, r.a, r.b, r.c, r.d);
  return r;
}

// Which register sets the system saves: XCR0, or 0 without XSAVE.
static uint64_t saved_registers(void) {
  unsigned a, b, c, d;
  if (!__get_cpuid(1, &a, &b, &c, &d) || (c >> 27 & 1) == 0)
    return 0;
  __asm__ volatile("xgetbv" : "=a"(a), "=d"(d) : "c"(0));
  return (uint64_t)d << 32 | a;
}

static int amx_granted(void) {
  enum { REQUEST_PERMISSION = 0x1023, TILE_DATA = 18, TILES = 3 << 17 };
#if defined(__linux__)
  return (saved_registers() & TILES) == TILES && syscall(SYS_arch_prctl, REQUEST_PERMISSION, TILE_DATA) == 0;
#else
  return 0;
#endif
}

int ck_amx_bf16_allowed(void) {
  unsigned flags = leaf7(0).d;
  return (flags >> 24 & 1) && (flags >> 22 & 1) && amx_granted() && ck_avx512_bf16_present();
}

int ck_amx_int8_allowed(void) {
  return (leaf7(0).d >> 25 & 1) && ck_amx_bf16_allowed();
}

int ck_avx512_present(void) {
  enum { REGISTERS = 0xe6 }; // SSE, AVX, the mask registers, both parts of the wide ones
  unsigned flags = leaf7(0).b;
  return (saved_registers() & REGISTERS) == REGISTERS && (flags >> 16 & 1) && (flags >> 17 & 1) &&
         (flags >> 30 & 1) && (flags >> 31 & 1);
}

int ck_avx512_bf16_present(void) {
  return ck_avx512_present() && (leaf7(1).a >> 5 & 1);
}

int ck_avx512_fp16_present(void) {
  return ck_avx512_present() && (leaf7(0).d >> 23 & 1);
}

int ck_avx512_vnni_present(void) {
  return ck_avx512_present() && (leaf7(0).c >> 11 & 1);
}

int ck_bf16_is_fast(void) {
  return __builtin_cpu_is("amd");
}

#endif
