// Attention for any head size and storage type: a block a query of one head, keys in blocks of as many as there
// are threads, with a running maximum and sum (Milakov and Gimelshein 2018).

enum { THREADS = 128, MOST = 512 };

DEVICE float block_reduce(float x, float *scratch, bool maximum) {
  x = maximum ? warp_max(x) : warp_sum(x);
  __syncthreads();
  if (threadIdx.x % 32 == 0)
    scratch[threadIdx.x / 32] = x;
  __syncthreads();
  float all = scratch[0];
  for (int i = 1; i < THREADS / 32; i++)
    all = maximum ? fmaxf(all, scratch[i]) : all + scratch[i];
  return all;
}

// Grid (queries, heads, batch).
CK_KERNEL(attention_simple, ck_attention_params, THREADS) {
  __shared__ float query[MOST], weights[THREADS], scratch[THREADS / 32];
  int thread = (int)threadIdx.x, d = p.head_size, row = (int)blockIdx.x;
  i64 head = (i64)blockIdx.y * d, image = blockIdx.z;
  const element *q = (const element *)p.q + (image * p.queries + row) * p.q_stride + head;
  const element *k = (const element *)p.k + image * p.keys * p.k_stride + head;
  const element *v = (const element *)p.v + image * p.keys * p.v_stride + head;
  for (int i = thread; i < d; i += THREADS)
    query[i] = to_float(q[i]) * p.scale;
  float sums[MOST / THREADS] = {}, most = -3.0e38f, total = 0;
  int keys = p.causal && row + 1 < p.keys ? row + 1 : p.keys;
  for (int first = 0; first < keys; first += THREADS) {
    int key = first + thread, count = keys - first < THREADS ? keys - first : THREADS;
    __syncthreads();
    float score = -3.0e38f;
    if (key < keys) {
      score = 0;
      for (int i = 0; i < d; i++)
        score += query[i] * to_float(k[key * p.k_stride + i]);
    }
    float highest = fmaxf(most, block_reduce(score, scratch, true));
    float weight = key < keys ? expf(score - highest) : 0.0f, keep = expf(most - highest);
    weights[thread] = weight;
    total = total * keep + block_reduce(weight, scratch, false);
    most = highest;
#pragma unroll
    for (int i = 0; i < MOST / THREADS; i++) {
      if (i * THREADS + thread >= d)
        break;
      float sum = sums[i] * keep;
      for (int j = 0; j < count; j++)
        sum += weights[j] * to_float(v[(i64)(first + j) * p.v_stride + i * THREADS + thread]);
      sums[i] = sum;
    }
  }
  element *out = (element *)p.out + ((image * p.queries + row) * p.heads) * d + head;
#pragma unroll
  for (int i = 0; i < MOST / THREADS; i++)
    if (i * THREADS + thread < d)
      out[i * THREADS + thread] = storage<element>::of(sums[i] / total);
}
