// Normalisation: sums in float32, in an order that depends on the shape of one picture alone.

// A warp a row: where its row is; false beyond the last.
DEVICE bool find_row(const ck_row_params &p, const element *&x, element *&out) {
  i64 row = (i64)blockIdx.x * CK_ROW_WARPS + threadIdx.x / 32;
  x = (const element *)p.x + row * p.columns;
  out = (element *)p.out + row * p.columns;
  return row < p.rows;
}

// Three passes over what stays in the nearest cache.
CK_KERNEL(layer_norm, ck_row_params, 32 * CK_ROW_WARPS) {
  int lane = (int)threadIdx.x % 32;
  const element *x;
  element *out;
  if (!find_row(p, x, out))
    return;
  const float *scale = (const float *)p.scale, *shift = (const float *)p.shift;
  float sum = 0, squares = 0;
  for (int c = lane; c < p.columns; c += 32)
    sum += to_float(x[c]);
  float mean = warp_sum(sum) / p.columns;
  for (int c = lane; c < p.columns; c += 32) {
    float d = to_float(x[c]) - mean;
    squares += d * d;
  }
  float inverse = 1.0f / sqrtf(warp_sum(squares) / p.columns + p.epsilon);
  for (int c = lane; c < p.columns; c += 32) {
    float y = (to_float(x[c]) - mean) * inverse;
    y = scale ? y * scale[c] : y;
    out[c] = storage<element>::of(shift ? y + shift[c] : y);
  }
}

CK_KERNEL(softmax, ck_row_params, 32 * CK_ROW_WARPS) {
  int lane = (int)threadIdx.x % 32;
  const element *x;
  element *out;
  if (!find_row(p, x, out))
    return;
  float most = -3.4e38f, sum = 0;
  for (int c = lane; c < p.columns; c += 32)
    most = fmaxf(most, to_float(x[c]));
  most = warp_max(most);
  for (int c = lane; c < p.columns; c += 32)
    sum += expf(to_float(x[c]) - most);
  float inverse = 1.0f / warp_sum(sum);
  for (int c = lane; c < p.columns; c += 32)
    out[c] = storage<element>::of(expf(to_float(x[c]) - most) * inverse);
}

// Mean and sum of squared deviations of `n` values, joined with those of `m` more (Chan 1979).
struct moments {
  float n, mean, squares;
};
DEVICE void join(moments &a, float n, float mean, float squares) {
  if (n == 0)
    return;
  float all = a.n + n, d = mean - a.mean;
  a.mean += d * (n / all);
  a.squares += squares + d * d * (a.n * n / all);
  a.n = all;
}

DEVICE float source_value(const ck_group_stats_params &p, i64 pixel, int c) {
  return c < p.channels1 ? to_float(((const element *)p.x1)[pixel * p.channels1 + c])
                         : to_float(((const element *)p.x2)[pixel * p.channels2 + c - p.channels1]);
}

// Of every `lanes`-th pixel from `lane` on and every `step`-th channel from `first` on below `end`: sums
// around the first value met, so that a mean far from zero costs no digits.
DEVICE moments own_moments(const ck_group_stats_params &p, i64 pixel, int count, int lane, int first, int end,
                           int step) {
  float n = 0, sum = 0, square = 0, origin = 0;
  for (int c = first; c < end; c += step)
    for (int i = lane; i < count; i += p.lanes, n++) {
      float x = source_value(p, pixel + i, c);
      origin = n == 0 ? x : origin;
      float d = x - origin;
      sum += d;
      square += d * d;
    }
  float mean = n > 0 ? sum / n : 0;
  return moments{n, origin + mean, n > 0 ? fmaxf(square - sum * mean, 0.0f) : 0};
}

// A block a chunk of pixels of one picture: grid (chunks, batch). Some whole groups at a time; where a group
// has more channels than the block has room for, a thread takes several of its channels.
CK_KERNEL(group_stats, ck_group_stats_params, 512) {
  __shared__ float counts[512], means[512], squares[512];
  int channels = p.channels1 + p.channels2, size = channels / p.groups, thread = (int)threadIdx.x;
  int width = (int)blockDim.x / p.lanes; // threads side by side in channels
  int lane = thread / width, own = thread % width;
  int at_once = width / size > 0 ? width / size : 1, span = at_once * size;
  int entries = size < width ? size : width; // threads of one group and lane
  i64 first = (i64)blockIdx.x * p.chunk_pixels, pixel = blockIdx.y * p.pixels + first;
  int count = (int)(p.pixels - first < p.chunk_pixels ? p.pixels - first : p.chunk_pixels);
  for (int group = 0; group < p.groups; group += at_once) {
    int base = group * size, end = base + span < channels ? base + span : channels;
    moments m = {0, 0, 0};
    if (lane < p.lanes)
      m = own_moments(p, pixel, count, lane, base + own, end, width);
    counts[thread] = m.n;
    means[thread] = m.mean;
    squares[thread] = m.squares;
    __syncthreads();
    if (thread < at_once && group + thread < p.groups) {
      moments all = {0, 0, 0};
      for (int l = 0; l < p.lanes; l++)
        for (int i = 0; i < entries; i++) {
          int at = l * width + thread * size + i;
          join(all, counts[at], means[at], squares[at]);
        }
      float *out =
          (float *)p.out + (((i64)blockIdx.y * p.groups + group + thread) * p.chunks + blockIdx.x) * 2;
      out[0] = all.mean;
      out[1] = all.squares;
    }
    __syncthreads();
  }
}

// A block a group of one picture: grid (groups, batch), one warp. Lanes join chunks, then lane 0 the lanes.
CK_KERNEL(group_factors, ck_group_factors_params, 32) {
  __shared__ float n[32], means[32], squares[32];
  int lane = (int)threadIdx.x, size = p.channels / p.groups;
  i64 group = (i64)blockIdx.y * p.groups + blockIdx.x;
  const float *stats = (const float *)p.stats + group * p.chunks * 2;
  moments own = {0, 0, 0};
  for (int i = lane; i < p.chunks; i += 32) {
    i64 left = p.pixels - (i64)i * p.chunk_pixels;
    join(own, (float)size * (float)(left < p.chunk_pixels ? left : p.chunk_pixels), stats[2 * i],
         stats[2 * i + 1]);
  }
  n[lane] = own.n;
  means[lane] = own.mean;
  squares[lane] = own.squares;
  __syncthreads();
  moments all = {0, 0, 0};
  for (int i = 0; i < 32; i++)
    join(all, n[i], means[i], squares[i]);
  float inverse = 1.0f / sqrtf(all.squares / all.n + p.epsilon);
  for (int i = lane; i < size; i += 32) {
    int c = (int)blockIdx.x * size + i;
    i64 at = (i64)blockIdx.y * p.channels + c;
    float scale = ((const float *)p.scale)[c] * inverse, shift = ((const float *)p.shift)[c];
    ((float *)p.out_scale)[at] = scale;
    ((float *)p.out_shift)[at] = p.center ? shift : shift - all.mean * scale;
    if (p.center)
      ((float *)p.center)[at] = all.mean;
  }
}

// `WIDTH` neighbouring channels a thread, all of one source.
template <int WIDTH> DEVICE void normalise(const ck_normalise_params &p) {
  struct alignas(sizeof(element) * WIDTH) vector {
    element values[WIDTH];
  };
  int channels = p.channels1 + p.channels2, per_row = channels / WIDTH;
  for (i64 i = global_index(); i < p.vectors; i += global_stride()) {
    i64 row = i / per_row;
    int c = (int)(i % per_row) * WIDTH;
    i64 at = row / p.pixels * channels + c;
    vector v = c < p.channels1
                   ? *(const vector *)((const element *)p.x1 + row * p.channels1 + c)
                   : *(const vector *)((const element *)p.x2 + row * p.channels2 + c - p.channels1);
    for (int k = 0; k < WIDTH; k++) {
      float x = to_float(v.values[k]);
      x = p.center ? x - ((const float *)p.center)[at + k] : x;
      x = x * ((const float *)p.scale)[at + k] + ((const float *)p.shift)[at + k];
      v.values[k] = storage<element>::of(activate(x, p.activation));
    }
    *(vector *)((element *)p.out + row * channels + c) = v;
  }
}

CK_KERNEL(normalise_1, ck_normalise_params, 256) {
  normalise<1>(p);
}
CK_KERNEL(normalise_8, ck_normalise_params, 256) {
  normalise<8>(p);
}
