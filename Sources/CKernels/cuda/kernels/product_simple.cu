// Products for any shape and storage type, without tensor cores: 64 rows × 64 columns a block, a thread 4 × 4 of
// them, sums in float32 in the order of the packed weights.

enum { DEPTH = 16, SIDE = CK_SIMPLE_TILE };

// Channel `channel` of the input under tap `tap` for output row `row`.
DEVICE float input_value(const ck_product_params &p, i64 row, int tap, int channel) {
  if (row >= p.rows || channel >= p.channels1 + p.channels2)
    return 0;
  i64 pixel = row;
  if (p.taps > 0) {
    i64 image = row / ((i64)p.out_height * p.out_width);
    int within = (int)(row % ((i64)p.out_height * p.out_width));
    int y = within / p.out_width * p.stride - p.pad_top + tap / p.kernel_w;
    int x = within % p.out_width * p.stride - p.pad_left + tap % p.kernel_w;
    if (y < 0 || y >= p.in_height || x < 0 || x >= p.in_width)
      return 0;
    y = (int)((i64)y * p.source_height / p.in_height);
    x = (int)((i64)x * p.source_width / p.in_width);
    pixel = (image * p.source_height + y) * p.source_width + x;
  }
  return channel < p.channels1 ? to_float(((const element *)p.x1)[pixel * p.channels1 + channel])
                               : to_float(((const element *)p.x2)[pixel * p.channels2 + channel - p.channels1]);
}

// What is written for sum `x` of column `column`, before gating.
DEVICE float finished(const ck_product_params &p, i64 row, int column, float x) {
  x += ((const float *)p.bias)[column];
  if (p.channel_add) {
    i64 image = row / ((i64)p.out_height * p.out_width);
    x += to_float(((const element *)p.channel_add)[image * p.columns + column]);
  }
  return activate(x, p.activation);
}

DEVICE void write(const ck_product_params &p, i64 row, int column, float x, float gate) {
  int columns = p.gated ? p.columns / 2 : p.columns;
  x = finished(p, row, column, x);
  if (p.gated) {
    x *= gelu(finished(p, row, column + 1, gate));
    column /= 2;
  }
  if (p.residual)
    x += to_float(((const element *)p.residual)[row * columns + column]);
  store_as(p.out, p.out_type, row * columns + column, x);
}

CK_KERNEL(product_simple, ck_product_params, 256) {
  __shared__ float a[DEPTH][SIDE + 1], b[DEPTH][SIDE + 1];
  float sums[4][4] = {};
  int thread = (int)threadIdx.x, rows = thread / 16 * 4, columns = thread % 16 * 4;
  i64 first_row = (i64)blockIdx.x * SIDE;
  int first_column = (int)blockIdx.y * SIDE;
  int taps = p.taps > 0 ? p.taps : 1;
  for (int tap = 0; tap < taps; tap++)
    for (int channel = 0; channel < p.channel_stride; channel += DEPTH) {
      for (int i = thread; i < DEPTH * SIDE; i += 256) {
        int k = channel + i % DEPTH, at = i / DEPTH, column = first_column + at;
        a[i % DEPTH][at] = input_value(p, first_row + at, tap, k);
        i64 weight = (i64)column * taps * p.channel_stride + (i64)tap * p.channel_stride + k;
        b[i % DEPTH][at] = column < p.columns && k < p.channel_stride
                               ? to_float(((const element *)p.weights)[weight])
                               : 0.0f;
      }
      __syncthreads();
      for (int k = 0; k < DEPTH; k++)
#pragma unroll
        for (int i = 0; i < 4; i++)
#pragma unroll
          for (int j = 0; j < 4; j++)
            sums[i][j] += a[k][rows + i] * b[k][columns + j];
      __syncthreads();
    }
#pragma unroll
  for (int i = 0; i < 4; i++)
#pragma unroll
    for (int j = 0; j < 4; j++) {
      i64 row = first_row + rows + i;
      int column = first_column + columns + j;
      bool is_gate = p.gated && j % 2;
      if (row < p.rows && column < p.columns && !is_gate)
        write(p, row, column, sums[i][j], sums[i][j < 3 ? j + 1 : 3]);
    }
}
