// Products on tensor cores: a matrix by weights, or a convolution whose input is gathered as it is read (implicit
// GEMM). Weights are [columns][tap][channel], so both operands run along the sum. A block makes CK_TILE_ROWS ×
// CK_TILE_COLUMNS sums; four stages of shared memory are filled ahead without waiting.

enum { DEPTH = CK_K_BLOCK, STAGES = 4, PIECES = DEPTH / 8 }; // a piece: 8 elements, 16 bytes

// Rows of 64 bytes would put four rows of a matrix on the same banks; so pieces are exchanged by row.
DEVICE int swizzled(int row, int piece) { return row * DEPTH + (piece ^ (row >> 1 & 3)) * 8; }

// Where one row of a block reads its input.
struct place {
  i64 image; // first pixel of its picture
  int y, x;  // under tap 0; y below −2²⁴: no such row
  i64 pixel; // under the present tap, or −1
};

template <bool CONVOLVES> DEVICE place find_place(const ck_product_params &p, i64 row) {
  place at = {0, -(1 << 25), 0, row < p.rows ? row : -1};
  if (CONVOLVES && row < p.rows) {
    i64 size = (i64)p.out_height * p.out_width;
    int within = (int)(row % size);
    at.image = row / size * p.source_height * p.source_width;
    at.y = within / p.out_width * p.stride - p.pad_top;
    at.x = within % p.out_width * p.stride - p.pad_left;
  }
  return at;
}

DEVICE void move_to_tap(const ck_product_params &p, place &at, int tap) {
  int y = at.y + tap / p.kernel_w, x = at.x + tap % p.kernel_w;
  at.pixel = -1;
  if (y < 0 || y >= p.in_height || x < 0 || x >= p.in_width)
    return;
  if (p.source_height != p.in_height)
    y = p.in_height == 2 * p.source_height ? y >> 1 : (int)((i64)y * p.source_height / p.in_height);
  if (p.source_width != p.in_width)
    x = p.in_width == 2 * p.source_width ? x >> 1 : (int)((i64)x * p.source_width / p.in_width);
  at.pixel = at.image + (i64)y * p.source_width + x;
}

DEVICE void load_input(const ck_product_params &p, element *to, const place &at, int channel) {
  bool real = at.pixel >= 0 && channel < p.channels1 + p.channels2;
  const element *from = (const element *)p.x1;
  if (real)
    from = channel < p.channels1 ? from + at.pixel * p.channels1 + channel
                                 : (const element *)p.x2 + at.pixel * p.channels2 + channel - p.channels1;
  copy_async(to, from, real);
}

// Adds bias and the rest to two neighbouring sums and writes them; gated: the second is the first's gate.
DEVICE void finish_pair(const ck_product_params &p, i64 row, int column, float x, float y) {
  if (row >= p.rows || column >= p.columns)
    return;
  bool both = column + 1 < p.columns;
  const float *bias = (const float *)p.bias;
  x += bias[column];
  y += both ? bias[column + 1] : 0;
  if (p.channel_add) {
    const element *add = (const element *)p.channel_add + row / ((i64)p.out_height * p.out_width) * p.columns;
    x += to_float(add[column]);
    y += both ? to_float(add[column + 1]) : 0;
  }
  x = activate(x, p.activation);
  if (p.gated) {
    i64 at = row * (p.columns / 2) + column / 2;
    x *= gelu(y);
    x += p.residual ? to_float(((const element *)p.residual)[at]) : 0;
    store_as(p.out, p.out_type, at, x);
    return;
  }
  y = activate(y, p.activation);
  i64 at = row * p.columns + column;
  const element *residual = (const element *)p.residual;
  if (p.columns % 2 == 0 && p.out_type == storage<element>::TYPE) {
    if (residual) {
      u32 pair = *(const u32 *)(residual + at);
      x += to_float(element{(u16)(pair & 0xffffu)});
      y += to_float(element{(u16)(pair >> 16)});
    }
    *(u32 *)((element *)p.out + at) = pack_pair(x, y, element());
    return;
  }
  store_as(p.out, p.out_type, at, x + (residual ? to_float(residual[at]) : 0));
  if (both)
    store_as(p.out, p.out_type, at + 1, y + (residual ? to_float(residual[at + 1]) : 0));
}

// Blocks in bands of eight tiles of rows, so that neighbours in time share input and weights.
DEVICE void find_tile(i64 row_tiles, int column_tiles, i64 &row_tile, int &column_tile) {
  enum { BAND = 8 };
  i64 index = blockIdx.x, band = index / (BAND * column_tiles);
  i64 left = row_tiles - band * BAND;
  int high = left < BAND ? (int)left : BAND;
  i64 within = index - band * BAND * column_tiles;
  row_tile = band * BAND + within % high;
  column_tile = (int)(within / high);
}

// Sixteen rows of a warp's sums, from shared memory to where they belong.
template <int WIDTH>
DEVICE void write_staged(const ck_product_params &p, const float *staged, i64 row, int column, int lane) {
#pragma unroll 1
  for (int i = lane; i < 16 * WIDTH / 2; i += 32) {
    int down = i / (WIDTH / 2), right = i % (WIDTH / 2) * 2;
    float x = staged[down * WIDTH + right], y = staged[down * WIDTH + right + 1];
    if (p.splits == 1) {
      finish_pair(p, row + down, column + right, x, y);
    } else if (row + down < p.rows && column + right < p.columns) {
      float *to = (float *)p.partial + ((i64)blockIdx.z * p.rows + row + down) * p.columns + column + right;
      to[0] = x;
      if (column + right + 1 < p.columns)
        to[1] = y;
    }
  }
}

template <bool CONVOLVES> DEVICE void product(const ck_product_params &p) {
  enum {
    ROWS = CK_TILE_ROWS,
    COLUMNS = CK_TILE_COLUMNS,
    THREADS = 32 * CK_ROW_WARPS_OF_TILE * CK_COLUMN_WARPS,
    WARP_ROWS = ROWS / CK_ROW_WARPS_OF_TILE,
    WARP_COLUMNS = COLUMNS / CK_COLUMN_WARPS,
    HIGH = WARP_ROWS / 16, // tiles of 16 × 8 sums
    WIDE = WARP_COLUMNS / 8,
    A_LOADS = ROWS * PIECES / THREADS,
    B_LOADS = (COLUMNS * PIECES + THREADS - 1) / THREADS,
    STAGE = (ROWS + COLUMNS) * DEPTH,
  };
  DYNAMIC_SHARED(memory);
  element *shared = (element *)memory;
  i64 row_tile;
  int column_tile, thread = (int)threadIdx.x, lane = thread % 32, warp = thread / 32;
  find_tile((p.rows + ROWS - 1) / ROWS, (p.columns + COLUMNS - 1) / COLUMNS, row_tile, column_tile);
  i64 first_row = row_tile * ROWS;
  int first_column = column_tile * COLUMNS, piece = thread % PIECES;
  int begin = (int)((i64)p.k_blocks * blockIdx.z / p.splits);
  int end = (int)((i64)p.k_blocks * (blockIdx.z + 1) / p.splits);

  place places[A_LOADS];
#pragma unroll
  for (int i = 0; i < A_LOADS; i++)
    places[i] = find_place<CONVOLVES>(p, first_row + thread / PIECES + i * (THREADS / PIECES));
  int next = begin, tap = begin / p.channel_blocks, channel_block = begin % p.channel_blocks;
  if (CONVOLVES)
#pragma unroll
    for (int i = 0; i < A_LOADS; i++)
      move_to_tap(p, places[i], tap);

  // Starts the copies of block `next` of the sum, if there is one, and moves on.
  auto fetch = [&]() {
    if (next < end) {
      element *a = shared + next % STAGES * STAGE, *b = a + ROWS * DEPTH;
#pragma unroll
      for (int i = 0; i < A_LOADS; i++)
        load_input(p, a + swizzled(thread / PIECES + i * (THREADS / PIECES), piece), places[i],
                   channel_block * DEPTH + piece * 8);
#pragma unroll
      for (int i = 0; i < B_LOADS; i++) {
        int row = thread / PIECES + i * (THREADS / PIECES), column = first_column + row;
        if (COLUMNS * PIECES % THREADS == 0 || row < COLUMNS) {
          bool real = column < p.weight_rows;
          const element *from = (const element *)p.weights;
          copy_async(b + swizzled(row, piece),
                     real ? from + ((i64)column * p.k_blocks + next) * DEPTH + piece * 8 : from, real);
        }
      }
      next++;
      if (++channel_block == p.channel_blocks) {
        channel_block = 0;
        tap++;
        if (CONVOLVES && next < end)
#pragma unroll
          for (int i = 0; i < A_LOADS; i++)
            move_to_tap(p, places[i], tap);
      }
    }
    commit_copies();
  };

  float sums[HIGH][WIDE][4] = {};
  int warp_row = warp / CK_COLUMN_WARPS * WARP_ROWS, warp_column = warp % CK_COLUMN_WARPS * WARP_COLUMNS;
  for (int i = 0; i < STAGES - 1; i++)
    fetch();
  for (int block = begin; block < end; block++) {
    wait_copies<STAGES - 2>();
    __syncthreads(); // everybody's copies are there, and nobody reads the stage that is filled next
    fetch();
    const element *a = shared + block % STAGES * STAGE, *b = a + ROWS * DEPTH;
#pragma unroll
    for (int k = 0; k < DEPTH / 16; k++) {
      u32 left[HIGH][4], right[WIDE][2];
#pragma unroll
      for (int i = 0; i < HIGH; i++)
        load_matrices(left[i], a + swizzled(warp_row + i * 16 + lane % 16, k * 2 + lane / 16));
#pragma unroll
      for (int j = 0; j + 1 < WIDE; j += 2) {
        u32 four[4];
        load_matrices(four, b + swizzled(warp_column + j * 8 + lane % 8 + lane / 16 * 8, k * 2 + lane / 8 % 2));
        right[j][0] = four[0];
        right[j][1] = four[1];
        right[j + 1][0] = four[2];
        right[j + 1][1] = four[3];
      }
      if (WIDE % 2)
        load_matrices(right[WIDE - 1],
                      b + swizzled(warp_column + (WIDE - 1) * 8 + lane % 8, k * 2 + lane / 8 % 2));
#pragma unroll
      for (int i = 0; i < HIGH; i++)
#pragma unroll
        for (int j = 0; j < WIDE; j++)
          multiply(sums[i][j], left[i], right[j][0], right[j][1], element());
    }
  }
  wait_copies<0>();
  __syncthreads(); // shared memory is free: each warp lays its sums out in it, to write whole lines

  float *staged = (float *)memory + warp * 16 * WARP_COLUMNS;
#pragma unroll
  for (int i = 0; i < HIGH; i++) {
#pragma unroll
    for (int j = 0; j < WIDE; j++)
#pragma unroll
      for (int half = 0; half < 2; half++) {
        float *to = staged + (half * 8 + lane / 4) * WARP_COLUMNS + j * 8 + lane % 4 * 2;
        to[0] = sums[i][j][half * 2];
        to[1] = sums[i][j][half * 2 + 1];
      }
    synchronize_warp();
    write_staged<WARP_COLUMNS>(p, staged, first_row + warp_row + i * 16, first_column + warp_column, lane);
    synchronize_warp();
  }
}

// Shared memory leaves room for no more blocks than these; unless told so the compiler saves registers for more (0).
enum { TILE_THREADS = 32 * CK_ROW_WARPS_OF_TILE * CK_COLUMN_WARPS, TILE_BLOCKS = TILE_THREADS <= 128 ? 4 : 0 };

CK_KERNEL(linear, ck_product_params, TILE_THREADS, TILE_BLOCKS) { product<false>(p); }
CK_KERNEL(conv, ck_product_params, TILE_THREADS, TILE_BLOCKS) { product<true>(p); }

// Adds up the parts of a split sum, always in the same order, and finishes.
CK_KERNEL(product_join, ck_product_params, 256) {
  i64 pairs = (p.columns + 1) / 2, all = p.rows * pairs;
  for (i64 i = global_index(); i < all; i += global_stride()) {
    i64 row = i / pairs;
    int column = (int)(i % pairs) * 2;
    bool both = column + 1 < p.columns;
    float x = 0, y = 0;
    for (int split = 0; split < p.splits; split++) {
      const float *from = (const float *)p.partial + ((i64)split * p.rows + row) * p.columns + column;
      x += from[0];
      y += both ? from[1] : 0;
    }
    finish_pair(p, row, column, x, y);
  }
}
