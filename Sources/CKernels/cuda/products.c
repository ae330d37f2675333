#include "cuda/device.h"
#include "host/checks.h"

// Products with weights: what the table asks becomes one description; how it is done is `choices.c`'s.

static size_t rounded(size_t bytes) {
  return (bytes + 255) / 256 * 256;
}

static void describe_weights(const ck_weights *w, ck_product_params *params) {
  params->weights = w->weights;
  params->bias = w->bias;
  params->columns = w->outputs;
  params->weight_rows = w->rows;
  params->channel_stride = w->channel_stride;
  params->channel_blocks = (w->channel_stride + CK_K_BLOCK - 1) / CK_K_BLOCK;
  params->k_blocks = params->channel_blocks * w->kernel_h * w->kernel_w;
  params->kernel_w = w->kernel_w;
  params->gated = w->gated;
  params->splits = 1;
}

ck_status ck_cuda_linear(ck_device *device, const ck_linear_call *call) {
  const ck_weights *w = call->weights;
  if (call->x.type != device->type || call->out.type != device->type)
    return CK_UNSUPPORTED;
  if (call->rows < 1 || w->kernel_h * w->kernel_w != 1 ||
      (w->gated && call->activation != CK_ACTIVATION_NONE))
    return CK_BAD_ARGUMENT;
  ck_status status = ck_cuda_enter(device);
  if (status != CK_OK)
    return status;
  ck_product_params params = {.x1 = ck_cuda_address(call->x),
                              .residual = ck_cuda_address(call->residual),
                              .out = ck_cuda_address(call->out),
                              .rows = call->rows,
                              .channels1 = w->inputs,
                              .activation = call->activation,
                              .out_type = call->out.type,
                              .out_height = 1,
                              .out_width = 1};
  describe_weights(w, &params);
  return ck_cuda_product(device, &params, 0, 0, w->narrow_bias);
}

static ck_status check_conv(const ck_device *device, const ck_conv_call *call) {
  const ck_weights *w = call->weights;
  if (call->x1.type != device->type || (call->channels2 > 0 && call->x2.type != device->type) ||
      (call->out.type != device->type && call->out.type != CK_F32) ||
      (call->residual.data != NULL && call->residual.type != device->type) ||
      (call->channel_add.data != NULL && call->channel_add.type != device->type))
    return CK_UNSUPPORTED;
  if (w->gated || call->in_height + call->pad_top + call->pad_bottom < w->kernel_h ||
      call->in_width + call->pad_left + call->pad_right < w->kernel_w)
    return CK_BAD_ARGUMENT;
  return ck_check_conv(call, w->inputs);
}

static void describe_conv(const ck_conv_call *call, ck_product_params *params) {
  const ck_weights *w = call->weights;
  *params = (ck_product_params){.x1 = ck_cuda_address(call->x1),
                                .x2 = ck_cuda_address(call->x2),
                                .channel_add = ck_cuda_address(call->channel_add),
                                .residual = ck_cuda_address(call->residual),
                                .out = ck_cuda_address(call->out),
                                .channels1 = call->channels1,
                                .channels2 = call->channels2,
                                .taps = w->kernel_h * w->kernel_w,
                                .source_height = call->source_height,
                                .source_width = call->source_width,
                                .in_height = call->in_height,
                                .in_width = call->in_width,
                                .stride = call->stride,
                                .pad_top = call->pad_top,
                                .pad_left = call->pad_left,
                                .activation = call->activation,
                                .out_type = call->out.type};
  params->out_height = (call->in_height + call->pad_top + call->pad_bottom - w->kernel_h) / call->stride + 1;
  params->out_width = (call->in_width + call->pad_left + call->pad_right - w->kernel_w) / call->stride + 1;
  params->rows = (int64_t)call->batch * params->out_height * params->out_width;
  describe_weights(w, params);
}

// Applies the norm in a pass of its own, which also joins the sources: nine taps would each do it again.
static ck_status read_through_norm(ck_device *device, const ck_conv_call *call, ck_product_params *params) {
  int64_t pixels = (int64_t)call->source_height * call->source_width, rows = call->batch * pixels;
  int32_t channels = call->channels1 + call->channels2;
  size_t bytes = (size_t)rows * (size_t)channels * ck_cuda_size(device->type);
  ck_status status = ck_cuda_grow(device, &device->normalised, rounded(bytes));
  if (status != CK_OK)
    return status;
  ck_normalise_params norm = {.x1 = params->x1,
                              .x2 = params->x2,
                              .scale = ck_cuda_address(call->input_scale),
                              .shift = ck_cuda_address(call->input_shift),
                              .out = device->normalised.memory,
                              .pixels = pixels,
                              .channels1 = call->channels1,
                              .channels2 = call->channels2,
                              .activation = call->input_activation};
  params->x1 = device->normalised.memory;
  params->x2 = 0;
  params->channels1 = channels;
  params->channels2 = 0;
  return ck_cuda_normalise(device, norm, rows);
}

ck_status ck_cuda_conv(ck_device *device, const ck_conv_call *call) {
  ck_status status = check_conv(device, call);
  if (status == CK_OK)
    status = ck_cuda_enter(device);
  if (status != CK_OK)
    return status;
  ck_product_params params;
  describe_conv(call, &params);
  if (call->input_scale.data != NULL)
    status = read_through_norm(device, call, &params);
  if (status != CK_OK)
    return status;
  // One tap on every pixel in place is a product of matrices.
  int plain = params.taps == 1 && call->stride == 1 && call->source_height == call->in_height &&
              call->source_width == call->in_width && params.out_height == call->in_height &&
              params.out_width == call->in_width && call->pad_top == 0 && call->pad_left == 0;
  if (plain)
    params.taps = 0;
  return ck_cuda_product(device, &params, !plain, (int64_t)params.out_height * params.out_width,
                         call->weights->narrow_bias);
}
