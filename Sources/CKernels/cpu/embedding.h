#ifndef ATELIER_CPU_EMBEDDING_H
#define ATELIER_CPU_EMBEDDING_H

// Vectors of tokens: small, made once a prompt, on the calling thread.

#include "cpu/operands.h"
#include "host/checks.h"

static void embed_row(const ck_embedding_call *call, int32_t row) {
  int64_t token = (int64_t)call->ids[row] * call->columns;
  int64_t position = (int64_t)(row % call->length) * call->columns;
  for (int32_t c = 0; c < call->columns; c += CK_WIDTH) {
    int64_t left = call->columns - c;
    ck_v16 y = ck_load_typed(call->tokens.data, call->tokens.type, token + c, left);
    if (call->positions.data != NULL)
      y += ck_load_typed(call->positions.data, call->positions.type, position + c, left);
    ck_store_typed(call->out.data, call->out.type, (int64_t)row * call->columns + c, y, left);
  }
}

static ck_status tier_embedding(ck_device *device, const ck_embedding_call *call) {
  (void)device;
  if (!ck_type_is_known(call->tokens.type) || !ck_type_is_known(call->positions.type) ||
      !type_is_written(call->out.type))
    return CK_UNSUPPORTED;
  ck_status status = ck_check_embedding(call);
  if (status != CK_OK)
    return status;
  for (int32_t row = 0; row < call->rows; row++)
    embed_row(call, row);
  return CK_OK;
}

#endif
