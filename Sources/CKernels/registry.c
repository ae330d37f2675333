#include "CKernels.h"
#include "cpu/cpu.h"

extern const ck_backend ck_cuda_backend, ck_reference_backend;

// One line a backend, best first.
static const ck_backend *const backends[] = {
    &ck_cuda_backend,
#if defined(__x86_64__)
    &ck_cpu_amx_backend,      &ck_cpu_avx512bf16_backend, &ck_cpu_avx512fp16_backend,
    &ck_cpu_avx512_backend,   &ck_cpu_amxint8_backend,    &ck_cpu_avx512vnni_backend,
    &ck_cpu_avx2_backend,     &ck_cpu_avx2int16_backend,
#endif
    &ck_cpu_portable_backend, &ck_reference_backend,
};

size_t ck_backend_count(void) {
  return sizeof backends / sizeof backends[0];
}

const ck_backend *ck_backend_at(size_t index) {
  return index < ck_backend_count() ? backends[index] : NULL;
}

const char *ck_status_text(ck_status status) {
  switch (status) {
  case CK_OK:
    return "done";
  case CK_OUT_OF_MEMORY:
    return "not enough memory";
  case CK_BAD_ARGUMENT:
    return "a size or combination that no backend serves";
  case CK_UNSUPPORTED:
    return "not served by this backend";
  case CK_UNAVAILABLE:
    return "no such device on this host";
  case CK_DEVICE_FAILED:
    return "the device reported an error";
  case CK_THREADS_FAILED:
    return "threads could not be started";
  case CK_CALL_FAILED:
    return "the device refused a call";
  default:
    return "unknown status";
  }
}
