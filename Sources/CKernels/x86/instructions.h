#ifndef ATELIER_X86_INSTRUCTIONS_H
#define ATELIER_X86_INSTRUCTIONS_H

// What the processor says it has and the system lets this process use. Flags are a first look: a tier also
// proves itself with a tiny product.

// Asks the kernel once for the tile registers; whether AMX with bfloat16, or with 8-bit integers beside it,
// may be used. The palettes of CPUID leaf 0x1D are not looked at: many virtual machines leave them zero where
// AMX works.
int ck_amx_bf16_allowed(void);
int ck_amx_int8_allowed(void);

// AVX-512 with F, BW, VL, DQ; and its products of bfloat16.
int ck_avx512_present(void);
int ck_avx512_bf16_present(void);
int ck_avx512_fp16_present(void);
int ck_avx512_vnni_present(void);

// Whether VDPBF16PS runs at full width twice a cycle: known of AMD only.
int ck_bf16_is_fast(void);

#endif
