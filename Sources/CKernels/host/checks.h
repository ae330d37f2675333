#ifndef ATELIER_HOST_CHECKS_H
#define ATELIER_HOST_CHECKS_H

// What is wrong with a call whatever serves it. A backend adds what it does not serve itself.

#include "CKernels.h"

enum {
  CK_MAX_CHANNELS = 1 << 20,
  CK_MAX_KERNEL = 64, // extent of a convolution's kernel
};

static inline int ck_type_is_known(int32_t type) {
  return type == CK_F32 || type == CK_F16 || type == CK_BF16;
}

ck_status ck_check_pack(const ck_pack_call *call);
// Of a convolution whose weights take `inputs` channels.
ck_status ck_check_conv(const ck_conv_call *call, int32_t inputs);
ck_status ck_check_embedding(const ck_embedding_call *call);

#endif
