// Part of immintrin.h: the tile unit. Every rule whose breach raises an exception is checked: the process
// then ends with what was wrong.

enum { EMULATED_TILES = 8, EMULATED_ROWS = 16, EMULATED_ROW_BYTES = 64 };

typedef struct emulated_tile {
  int rows, row_bytes;
  union {
    uint8_t bytes[EMULATED_ROWS][EMULATED_ROW_BYTES];
    __m512i row[EMULATED_ROWS];
  } data;
} emulated_tile;

// Of each thread, as the registers are.
static _Thread_local struct {
  int configured;
  emulated_tile tiles[EMULATED_TILES];
} emulated_unit;

EMULATED void emulated_expect(int holds, const char *rule) {
  if (holds)
    return;
  fprintf(stderr, "tile unit: %s\n", rule);
  abort();
}

static inline __attribute__((unused)) void _tile_loadconfig(const void *from) {
  uint8_t config[64];
  memcpy(config, from, sizeof config);
  emulated_expect(config[0] == 1, "expected palette 1");
  for (int i = 1; i < 16; i++)
    emulated_expect(config[i] == 0, "expected a start row of 0 and zeros where nothing is defined");
  for (int t = 0; t < 16; t++) {
    int bytes = config[16 + 2 * t] | config[17 + 2 * t] << 8, rows = config[48 + t];
    emulated_expect(bytes <= EMULATED_ROW_BYTES && rows <= EMULATED_ROWS, "a tile is too large");
    emulated_expect((bytes == 0) == (rows == 0), "a tile has rows without bytes or bytes without rows");
    emulated_expect(t < EMULATED_TILES || rows == 0, "there are eight tiles");
    if (t < EMULATED_TILES) {
      memset(&emulated_unit.tiles[t], 0, sizeof emulated_unit.tiles[t]);
      emulated_unit.tiles[t].rows = rows;
      emulated_unit.tiles[t].row_bytes = bytes;
    }
  }
  emulated_unit.configured = 1;
}
static inline __attribute__((unused)) void _tile_release(void) {
  memset(&emulated_unit, 0, sizeof emulated_unit);
}

EMULATED emulated_tile *emulated_tile_at(int index) {
  emulated_expect(emulated_unit.configured, "used before its configuration or after its release");
  emulated_expect(index >= 0 && index < EMULATED_TILES && emulated_unit.tiles[index].rows > 0,
                  "a tile without rows");
  return &emulated_unit.tiles[index];
}

EMULATED void _tile_zero(int to) {
  emulated_tile *tile = emulated_tile_at(to);
  memset(&tile->data, 0, sizeof tile->data);
}
EMULATED void _tile_loadd(int to, const void *from, int64_t stride) {
  emulated_tile *tile = emulated_tile_at(to);
  memset(&tile->data, 0, sizeof tile->data);
  for (int r = 0; r < tile->rows; r++)
    memcpy(tile->data.bytes[r], (const char *)from + r * stride, (size_t)tile->row_bytes);
}
EMULATED void _tile_stored(int from, void *to, int64_t stride) {
  const emulated_tile *tile = emulated_tile_at(from);
  for (int r = 0; r < tile->rows; r++)
    memcpy((char *)to + r * stride, tile->data.bytes[r], (size_t)tile->row_bytes);
}

// The sizes that a product's tiles must have: sums [m][n], a [m][k], b [k][n], in units of four bytes.
EMULATED void emulated_check_product(int sums, int a, int b) {
  const emulated_tile *c = emulated_tile_at(sums), *x = emulated_tile_at(a), *y = emulated_tile_at(b);
  emulated_expect(sums != a && sums != b && a != b, "a product of tiles that are not three");
  emulated_expect(c->row_bytes % 4 == 0 && x->row_bytes % 4 == 0 && y->row_bytes % 4 == 0 &&
                      c->rows == x->rows && c->row_bytes == y->row_bytes && y->rows == x->row_bytes / 4,
                  "a product of tiles that do not fit");
}
// Four bytes of a row of `a`, in every lane.
EMULATED __m512i emulated_broadcast(const emulated_tile *a, int row, int k) {
  int32_t four;
  memcpy(&four, a->data.bytes[row] + 4 * k, sizeof four);
  return _mm512_set1_epi32(four);
}
// What lies past the rows or columns of sums is zero.
EMULATED void emulated_write_row(emulated_tile *sums, int row, __m512i value) {
  memset(&sums->data.row[row], 0, EMULATED_ROW_BYTES);
  memcpy(&sums->data.row[row], &value, (size_t)sums->row_bytes);
}

// Even and odd products are summed apart, then added, then added to the sums; subnormals are zero.
static inline __attribute__((unused)) void _tile_dpbf16ps(int sums, int a, int b) {
  emulated_check_product(sums, a, b);
  emulated_tile *c = emulated_tile_at(sums);
  const emulated_tile *x = emulated_tile_at(a), *y = emulated_tile_at(b);
  for (int row = 0; row < c->rows; row++) {
    __m512 even = _mm512_setzero_ps(), odd = even;
    for (int k = 0; k < y->rows; k++) {
      __m512i pair = emulated_broadcast(x, row, k), column = y->data.row[k];
      even = emulated_flushed(_mm512_fmadd_ps(emulated_even(pair), emulated_even(column), even));
      odd = emulated_flushed(_mm512_fmadd_ps(emulated_odd(pair), emulated_odd(column), odd));
    }
    __m512 old = emulated_flushed((__m512)c->data.row[row]);
    emulated_write_row(c, row, (__m512i)emulated_flushed(old + emulated_flushed(even + odd)));
  }
}

// Unsigned bytes of `a` times signed ones of `b`, four at a time; sums wrap.
static inline __attribute__((unused)) void _tile_dpbusd(int sums, int a, int b) {
  emulated_check_product(sums, a, b);
  emulated_tile *c = emulated_tile_at(sums);
  const emulated_tile *x = emulated_tile_at(a), *y = emulated_tile_at(b);
  for (int row = 0; row < c->rows; row++) {
    __m512i sum = c->data.row[row];
    for (int k = 0; k < y->rows; k++)
      sum = _mm512_dpbusd_epi32(sum, emulated_broadcast(x, row, k), y->data.row[k]);
    emulated_write_row(c, row, sum);
  }
}
