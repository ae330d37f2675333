#include "reference.h"
#include "host/checks.h"

#include <string.h>

ck_status ck_reference_embedding(ck_device *device, const ck_embedding_call *call) {
  (void)device;
  const float *tokens = call->tokens.data, *positions = call->positions.data;
  if (call->tokens.type != CK_F32 || call->out.type != CK_F32 || call->positions.type != CK_F32)
    return CK_UNSUPPORTED;
  ck_status status = ck_check_embedding(call);
  if (status != CK_OK)
    return status;
  for (int32_t row = 0; row < call->rows; row++) {
    const float *token = tokens + (int64_t)call->ids[row] * call->columns;
    float *y = (float *)call->out.data + (int64_t)row * call->columns;
    memcpy(y, token, (size_t)call->columns * sizeof(float));
    if (positions != NULL)
      for (int32_t c = 0; c < call->columns; c++)
        y[c] += positions[(int64_t)(row % call->length) * call->columns + c];
  }
  return CK_OK;
}
