// Attention on tensor cores for heads of up to CK_HEAD elements: a block a tile of queries of one head, keys and
// values block by block with a running maximum and sum, scores never in memory (Dao 2023). Weights go from the
// first product's sums to the second's operand in registers.

enum {
  HEAD = CK_HEAD,           // a multiple of 8
  DEEP = (HEAD + 15) / 16,  // steps of 16 in q·k
  ROW = DEEP * 16 + 8,      // of shared memory: an odd number of 16 bytes, so that eight rows lie on different banks
  SPREAD = HEAD > 160 ? 4 : 1, // warps that share the output's columns of the same queries
  ROW_WARPS = HEAD > 160 ? 2 : 4,
  QUERIES = 16 * ROW_WARPS,
  KEYS = HEAD > 128 ? 32 : 64,
  STAGES = HEAD > 160 ? 1 : 2,
  THREADS = 32 * ROW_WARPS * SPREAD,
  WIDE = (HEAD / 8 + SPREAD - 1) / SPREAD, // tiles of 8 output columns of a warp
  PIECES = ROW / 8 - 1,                    // copies of 16 bytes of a row
};

// Rows from `first` on of one head to shared memory; what is outside is zero.
DEVICE void fetch(const ck_attention_params &p, element *to, const element *from, i64 stride, int first, int count,
                  int rows) {
  for (int i = (int)threadIdx.x; i < rows * PIECES; i += THREADS) {
    int row = i / PIECES, piece = i % PIECES * 8;
    bool real = first + row < count && piece < p.head_size;
    const element *source = real ? from + (i64)(first + row) * stride + piece : from;
    element *target = to + row * ROW + piece;
    if (p.aligned) {
      copy_async(target, source, real);
    } else {
      for (int j = 0; j < 8; j++)
        target[j] = real && piece + j < p.head_size ? source[j] : element{0};
    }
  }
}

struct state {
  float sums[WIDE][4];
  float most[2], total[2]; // of rows lane/4 and lane/4 + 8
};

// Scores of 16 queries with a block of keys.
DEVICE void multiply_keys(float (&scores)[KEYS / 8][4], const element *q, const element *k, int lane) {
  for (int step = 0; step < DEEP; step++) {
    u32 left[4];
    load_matrices(left, q + lane % 16 * ROW + step * 16 + lane / 16 * 8);
#pragma unroll
    for (int j = 0; j < KEYS / 8; j += 2) {
      u32 right[4];
      load_matrices(right, k + (j * 8 + lane % 8 + lane / 16 * 8) * ROW + step * 16 + lane / 8 % 2 * 8);
      multiply(scores[j], left, right[0], right[1], element());
      multiply(scores[j + 1], left, right[2], right[3], element());
    }
  }
}

// Scores to weights relative to the running maximum; what was summed is scaled to it. `row`: of lane/4.
DEVICE void weigh(const ck_attention_params &p, state &s, float (&scores)[KEYS / 8][4], int row, int first,
                  int lane) {
  float factor = p.scale * 1.44269504089f;
  bool whole = first + KEYS <= p.keys && !(p.causal && first + KEYS > row);
#pragma unroll
  for (int half = 0; half < 2; half++) {
    int end = p.causal && row + half * 8 + 1 < p.keys ? row + half * 8 + 1 : p.keys;
    float most = s.most[half];
#pragma unroll
    for (int j = 0; j < KEYS / 8; j++)
#pragma unroll
      for (int i = 0; i < 2; i++) {
        float &score = scores[j][half * 2 + i];
        score = whole || first + j * 8 + lane % 4 * 2 + i < end ? score * factor : -1e30f;
        most = fmaxf(most, score);
      }
    most = fmaxf(most, other_lane(most, 1));
    most = fmaxf(most, other_lane(most, 2));
    float keep = power_of_two(s.most[half] - most), sum = 0;
#pragma unroll
    for (int j = 0; j < KEYS / 8; j++)
#pragma unroll
      for (int i = 0; i < 2; i++) {
        float weight = power_of_two(scores[j][half * 2 + i] - most);
        scores[j][half * 2 + i] = weight;
        sum += weight;
      }
    s.most[half] = most;
    s.total[half] = s.total[half] * keep + sum;
#pragma unroll
    for (int j = 0; j < WIDE; j++) {
      s.sums[j][half * 2] *= keep;
      s.sums[j][half * 2 + 1] *= keep;
    }
  }
}

DEVICE void multiply_values(state &s, const float (&weights)[KEYS / 8][4], const element *v, int first_tile,
                            int lane) {
#pragma unroll
  for (int step = 0; step < KEYS / 16; step++) {
    const float *low = weights[step * 2], *high = weights[step * 2 + 1];
    u32 left[4] = {pack_pair(low[0], low[1], element()), pack_pair(low[2], low[3], element()),
                   pack_pair(high[0], high[1], element()), pack_pair(high[2], high[3], element())};
    const element *rows = v + (step * 16 + lane % 16) * ROW + first_tile * 8;
#pragma unroll
    for (int j = 0; j + 1 < WIDE; j += 2) {
      u32 right[4];
      load_turned(right, rows + j * 8 + lane / 16 * 8);
      multiply(s.sums[j], left, right[0], right[1], element());
      multiply(s.sums[j + 1], left, right[2], right[3], element());
    }
    if (WIDE % 2) {
      u32 right[2];
      load_turned(right, rows + (WIDE - 1) * 8);
      multiply(s.sums[WIDE - 1], left, right[0], right[1], element());
    }
  }
}

// Grid (tiles of queries, heads, batch).
CK_KERNEL(attention, ck_attention_params, THREADS) {
  DYNAMIC_SHARED(memory);
  element *q = (element *)memory, *k = q + QUERIES * ROW, *v = k + STAGES * KEYS * ROW;
  int lane = (int)threadIdx.x % 32, warp = (int)threadIdx.x / 32, warp_row = warp / SPREAD * 16;
  int first_query = (int)blockIdx.x * QUERIES, first_tile = warp % SPREAD * WIDE;
  i64 image = blockIdx.z, head = (i64)blockIdx.y * p.head_size;
  const element *keys = (const element *)p.k + image * p.keys * p.k_stride + head;
  const element *values = (const element *)p.v + image * p.keys * p.v_stride + head;
  fetch(p, q, (const element *)p.q + image * p.queries * p.q_stride + head, p.q_stride, first_query, p.queries,
        QUERIES);
  int end = p.causal && first_query + QUERIES < p.keys ? first_query + QUERIES : p.keys;
  if (STAGES > 1) {
    fetch(p, k, keys, p.k_stride, 0, p.keys, KEYS);
    fetch(p, v, values, p.v_stride, 0, p.keys, KEYS);
    commit_copies();
  }
  state s = {};
  s.most[0] = s.most[1] = -1e30f;
  int row = first_query + warp_row + lane / 4;
  for (int first = 0, stage = 0; first < end; first += KEYS, stage = (stage + 1) % STAGES) {
    int ahead = STAGES > 1 ? first + KEYS : first, target = STAGES > 1 ? (stage + 1) % STAGES : 0;
    if (ahead < end) {
      fetch(p, k + target * KEYS * ROW, keys, p.k_stride, ahead, p.keys, KEYS);
      fetch(p, v + target * KEYS * ROW, values, p.v_stride, ahead, p.keys, KEYS);
    }
    commit_copies();
    wait_copies<STAGES - 1>();
    __syncthreads();
    float scores[KEYS / 8][4] = {};
    multiply_keys(scores, q + warp_row * ROW, k + stage * KEYS * ROW, lane);
    weigh(p, s, scores, row, first, lane);
    multiply_values(s, scores, v + stage * KEYS * ROW, first_tile, lane);
    __syncthreads(); // before the stage is filled again
  }
#pragma unroll
  for (int half = 0; half < 2; half++) {
    float total = s.total[half];
    total += other_lane(total, 1);
    total += other_lane(total, 2);
    float inverse = 1.0f / total;
    int query = row + half * 8;
    element *out = (element *)p.out + (image * p.queries + query) * p.heads * p.head_size + head;
#pragma unroll
    for (int j = 0; j < WIDE; j++)
#pragma unroll
      for (int i = 0; i < 2; i++) {
        int column = (first_tile + j) * 8 + lane % 4 * 2 + i;
        if (query < p.queries && column < p.head_size)
          out[column] = storage<element>::of(s.sums[j][half * 2 + i] * inverse);
      }
  }
}
