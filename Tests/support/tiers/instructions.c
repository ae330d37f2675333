// Instead of x86/instructions.c: an emulated processor has every instruction.

#include "x86/instructions.h"

int ck_amx_bf16_allowed(void) {
  return 1;
}
int ck_amx_int8_allowed(void) {
  return 1;
}
int ck_avx512_present(void) {
  return 1;
}
int ck_avx512_bf16_present(void) {
  return 1;
}
int ck_avx512_fp16_present(void) {
  return 1;
}
int ck_avx512_vnni_present(void) {
  return 1;
}
int ck_bf16_is_fast(void) {
  return 1;
}
