#include "host/checks.h"

ck_status ck_check_pack(const ck_pack_call *call) {
  if (!ck_type_is_known(call->weight_type) || (call->bias != NULL && !ck_type_is_known(call->bias_type)))
    return CK_UNSUPPORTED;
  if (call->outputs < 1 || call->inputs < 1 || call->outputs > CK_MAX_CHANNELS ||
      call->inputs > CK_MAX_CHANNELS || call->kernel_h < 1 || call->kernel_w < 1 ||
      call->kernel_h > CK_MAX_KERNEL || call->kernel_w > CK_MAX_KERNEL)
    return CK_BAD_ARGUMENT;
  if (call->gated && (call->outputs % 2 != 0 || call->kernel_h * call->kernel_w != 1))
    return CK_BAD_ARGUMENT;
  return CK_OK;
}

ck_status ck_check_conv(const ck_conv_call *call, int32_t inputs) {
  if (call->channels1 < 1 || call->channels2 < 0 || call->channels1 + call->channels2 != inputs ||
      call->batch < 1 || call->source_height < 1 || call->source_width < 1 || call->in_height < 1 ||
      call->in_width < 1 || call->stride < 1 || call->pad_top < 0 || call->pad_left < 0 ||
      call->pad_bottom < 0 || call->pad_right < 0)
    return CK_BAD_ARGUMENT;
  if (call->input_scale.data != NULL && (call->input_shift.data == NULL || call->input_scale.type != CK_F32 ||
                                         call->input_shift.type != CK_F32))
    return CK_BAD_ARGUMENT;
  if (call->input_activation != CK_ACTIVATION_NONE && call->input_activation != CK_ACTIVATION_SILU)
    return CK_BAD_ARGUMENT;
  return CK_OK;
}

ck_status ck_check_embedding(const ck_embedding_call *call) {
  if (call->rows < 1 || call->length < 1 || call->columns < 1)
    return CK_BAD_ARGUMENT;
  for (int32_t row = 0; row < call->rows; row++)
    if (call->ids[row] < 0 || call->ids[row] >= call->vocabulary)
      return CK_BAD_ARGUMENT;
  return CK_OK;
}
