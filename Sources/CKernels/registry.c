#include "CKernels.h"
#include "reference/reference.h"

// One line a backend, best first.
static const ck_backend *const backends[] = {
    &ck_reference_backend,
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
  default:
    return "unknown status";
  }
}
