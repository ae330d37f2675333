// Element by element, of any storage type; memory is the limit.

CK_KERNEL(convert, ck_convert_params, 256) {
  for (i64 i = global_index(); i < p.elements; i += global_stride())
    store_as(p.out, p.out_type, i, load_as(p.x, p.x_type, i));
}

CK_KERNEL(activate_elements, ck_activate_params, 256) {
  for (i64 i = global_index(); i < p.elements; i += global_stride())
    store_as(p.out, p.out_type, i, activate(load_as(p.x, p.x_type, i), p.activation));
}

CK_KERNEL(combine, ck_combine_params, 256) {
  for (i64 i = global_index(); i < p.elements; i += global_stride()) {
    float sum = p.coefficient[0] * load_as(p.x[0], p.x_type[0], i);
#pragma unroll
    for (int k = 1; k < 4; k++)
      if (k < p.count)
        sum += p.coefficient[k] * load_as(p.x[k], p.x_type[k], i);
    sum += p.shift;
    sum = sum < p.low ? p.low : sum;
    store_as(p.out, p.out_type, i, sum > p.high ? p.high : sum);
  }
}

// Rounds half to even; the comparisons send NaN to 0.
CK_KERNEL(to_bytes, ck_bytes_params, 256) {
  for (i64 i = global_index(); i < p.elements; i += global_stride()) {
    float value = load_as(p.x, p.x_type, i) * 0.5f + 0.5f;
    value = value > 0.0f ? value : 0.0f;
    value = value < 1.0f ? value : 1.0f;
    ((u8 *)p.out)[i] = (u8)(int)rintf(value * 255.0f);
  }
}

// Integers: the order in which blocks add does not change the sum.
CK_KERNEL(count_nonfinite, ck_count_params, 256) {
  u64 count = 0;
  for (i64 i = global_index(); i < p.elements; i += global_stride()) {
    u32 bits = __float_as_uint(load_as(p.x, p.x_type, i));
    count += (bits & 0x7f800000u) == 0x7f800000u;
  }
  if (count > 0)
    add_count((u64 *)p.out, count);
}

CK_KERNEL(embed, ck_embedding_params, 256) {
  i64 all = (i64)p.rows * p.columns;
  for (i64 i = global_index(); i < all; i += global_stride()) {
    i64 row = i / p.columns, column = i % p.columns;
    i64 id = ((const int *)p.ids)[row];
    float x = to_float(((const element *)p.tokens)[id * p.columns + column]);
    if (p.positions)
      x += to_float(((const element *)p.positions)[row % p.length * p.columns + column]);
    ((element *)p.out)[i] = storage<element>::of(x);
  }
}

DEVICE int file_row(int row, int outputs, int gated) {
  return gated ? row / 2 + (row % 2 ? outputs / 2 : 0) : row;
}

CK_KERNEL(pack, ck_pack_params, 256) {
  i64 row_size = (i64)p.taps * p.channels;
  for (i64 i = global_index(); i < p.elements; i += global_stride()) {
    int row = (int)(i / row_size), within = (int)(i % row_size);
    int tap = within / p.channels, channel = within % p.channels;
    float x = 0;
    if (row < p.outputs && channel < p.inputs)
      x = load_as(p.weight, p.weight_type,
                  ((i64)file_row(row, p.outputs, p.gated) * p.inputs + channel) * p.taps + tap);
    ((element *)p.out)[i] = storage<element>::of(x);
  }
}

CK_KERNEL(pack_bias, ck_pack_bias_params, 256) {
  for (i64 i = global_index(); i < p.outputs; i += global_stride()) {
    float x = p.bias ? load_as(p.bias, p.bias_type, file_row((int)i, p.outputs, p.gated)) : 0.0f;
    ((float *)p.out)[i] = x;
    if (p.narrow)
      ((element *)p.narrow)[i] = storage<element>::of(x);
  }
}
