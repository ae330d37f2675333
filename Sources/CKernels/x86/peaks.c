// The loops of peaks.h with the instructions of the tiers.

#include "peaks.h"

#if defined(__x86_64__)

#include "cpu/cpu.h"
#include "x86/amx_tiles.h"

#include <immintrin.h>

enum {
  PAIR_CHAINS = 12,
  TILE_CHAINS = 6,
  TILE_STEPS = CK_PEAK_STEPS / 16, // one takes 16 cycles
  TILE_FLOPS = 2 * 16 * 16 * 32,
};

__attribute__((target("avx2,fma"))) static float avx2(float factor) {
  return ck_multiply_add(factor, 6);
}

__attribute__((target("avx512f"))) static float avx512(float factor) {
  return ck_multiply_add(factor, 12);
}

__attribute__((target("avx512f,avx512bf16"))) static float bf16_pairs(float factor) {
  __m512 sums[PAIR_CHAINS];
  __m512bh x = (__m512bh)_mm512_set1_ps(factor);
  for (int c = 0; c < PAIR_CHAINS; c++)
    sums[c] = _mm512_set1_ps((float)c);
  for (int64_t i = 0; i < CK_PEAK_STEPS; i++)
#pragma clang loop unroll(full)
    for (int c = 0; c < PAIR_CHAINS; c++)
      sums[c] = _mm512_dpbf16_ps(sums[c], x, x);
  float total = 0;
  for (int c = 0; c < PAIR_CHAINS; c++)
    total += _mm512_reduce_add_ps(sums[c]);
  return total;
}

__attribute__((target("avx512f,avx512fp16"))) static float f16_chains(float factor) {
  __m512h sums[PAIR_CHAINS], x = _mm512_set1_ph((_Float16)factor);
  for (int c = 0; c < PAIR_CHAINS; c++)
    sums[c] = _mm512_set1_ph((_Float16)c);
  for (int64_t i = 0; i < CK_PEAK_STEPS; i++)
#pragma clang loop unroll(full)
    for (int c = 0; c < PAIR_CHAINS; c++)
      sums[c] = _mm512_fmadd_ph(sums[c], x, x);
  float total = 0;
  for (int c = 0; c < PAIR_CHAINS; c++)
    total += (float)_mm512_reduce_add_ph(sums[c]);
  return total;
}

__attribute__((target("avx512f,avx512vnni"))) static float i8_fours(float factor) {
  __m512i sums[PAIR_CHAINS], x = _mm512_set1_epi8((char)(factor * 4));
  for (int c = 0; c < PAIR_CHAINS; c++)
    sums[c] = _mm512_set1_epi32(c);
  for (int64_t i = 0; i < CK_PEAK_STEPS; i++) {
#pragma clang loop unroll(full)
    for (int c = 0; c < PAIR_CHAINS; c++)
      sums[c] = _mm512_dpbusd_epi32(sums[c], x, x);
    __asm__ volatile("" : "+v"(x)); // a product that does not change would leave the loop
  }
  int total = 0;
  for (int c = 0; c < PAIR_CHAINS; c++)
    total += _mm512_reduce_add_epi32(sums[c]);
  return (float)total;
}

__attribute__((target("avx2"))) static float i16_pairs(float factor) {
  __m256i sums[PAIR_CHAINS], x = _mm256_set1_epi16((short)(factor * 4));
  for (int c = 0; c < PAIR_CHAINS; c++)
    sums[c] = _mm256_set1_epi32(c);
  for (int64_t i = 0; i < CK_PEAK_STEPS; i++) {
#pragma clang loop unroll(full)
    for (int c = 0; c < PAIR_CHAINS; c++) {
      __asm__ volatile("" : "+x"(x)); // a product that does not change would do for all
      sums[c] = _mm256_add_epi32(sums[c], _mm256_madd_epi16(x, x));
    }
  }
  int32_t total = 0;
  for (int c = 0; c < PAIR_CHAINS; c++)
    total += _mm256_extract_epi32(sums[c], 0);
  return (float)total;
}

// Products of tiles that stay where they are.
__attribute__((target("amx-tile,amx-bf16,avx512f"))) static float bf16_tiles(float factor) {
  float sums[16 * 16], operand[16 * 16];
  for (int i = 0; i < 16 * 16; i++)
    operand[i] = factor;
  begin_tiles();
  _tile_zero(0);
  _tile_zero(1);
  _tile_zero(2);
  _tile_zero(3);
  _tile_zero(4);
  _tile_zero(5);
  _tile_loadd(6, operand, 64);
  _tile_loadd(7, operand, 64);
  for (int64_t i = 0; i < TILE_STEPS; i++) {
    _tile_dpbf16ps(0, 6, 7);
    _tile_dpbf16ps(1, 6, 7);
    _tile_dpbf16ps(2, 6, 7);
    _tile_dpbf16ps(3, 6, 7);
    _tile_dpbf16ps(4, 6, 7);
    _tile_dpbf16ps(5, 6, 7);
  }
  _tile_stored(0, sums, 64);
  end_tiles();
  return sums[0];
}

// The same with 8-bit integers.
__attribute__((target("amx-tile,amx-int8"))) static float i8_tiles(float factor) {
  int32_t sums[16 * 16];
  uint8_t operand[16 * 64];
  for (int i = 0; i < 16 * 64; i++)
    operand[i] = (uint8_t)(factor * 4);
  begin_tiles();
  _tile_zero(0);
  _tile_zero(1);
  _tile_zero(2);
  _tile_zero(3);
  _tile_zero(4);
  _tile_zero(5);
  _tile_loadd(6, operand, 64);
  _tile_loadd(7, operand, 64);
  for (int64_t i = 0; i < TILE_STEPS; i++) {
    _tile_dpbusd(0, 6, 7);
    _tile_dpbusd(1, 6, 7);
    _tile_dpbusd(2, 6, 7);
    _tile_dpbusd(3, 6, 7);
    _tile_dpbusd(4, 6, 7);
    _tile_dpbusd(5, 6, 7);
  }
  _tile_stored(0, sums, 64);
  end_tiles();
  return (float)sums[0];
}

const ck_peak_loop ck_x86_peak_loops[CK_X86_PEAK_LOOPS] = {
    {&ck_cpu_avx2_backend, CK_F32, CK_PEAK_FLOPS(6), avx2},
    {&ck_cpu_avx512_backend, CK_F32, CK_PEAK_FLOPS(12), avx512},
    {&ck_cpu_avx512bf16_backend, CK_BF16, 2 * CK_PEAK_FLOPS(PAIR_CHAINS), bf16_pairs},
    {&ck_cpu_avx512fp16_backend, CK_F16, 2 * CK_PEAK_FLOPS(PAIR_CHAINS), f16_chains},
    {&ck_cpu_avx512vnni_backend, CK_I8, 4 * CK_PEAK_FLOPS(PAIR_CHAINS), i8_fours},
    {&ck_cpu_avx2int16_backend, CK_I16, CK_PEAK_FLOPS(PAIR_CHAINS), i16_pairs},
    {&ck_cpu_amx_backend, CK_BF16, (double)TILE_FLOPS *TILE_CHAINS *TILE_STEPS, bf16_tiles},
    {&ck_cpu_amxint8_backend, CK_I8, 2.0 * TILE_FLOPS *TILE_CHAINS *TILE_STEPS, i8_tiles},
};

#endif
