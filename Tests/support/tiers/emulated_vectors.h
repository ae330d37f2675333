// Part of immintrin.h: vectors of floats and of 32-bit integers.

typedef float __m512 __attribute__((vector_size(64), aligned(64)));
typedef double __m512d __attribute__((vector_size(64), aligned(64)));
typedef long long __m512i __attribute__((vector_size(64), aligned(64)));
typedef long long __m256i __attribute__((vector_size(32), aligned(32)));
typedef long long __m128i __attribute__((vector_size(16), aligned(16)));
typedef unsigned char __mmask8;
typedef unsigned short __mmask16;
typedef int32_t emulated_ints __attribute__((vector_size(64)));
typedef uint32_t emulated_words __attribute__((vector_size(64)));
typedef int8_t emulated_bytes __attribute__((vector_size(16)));

enum { _CMP_UNORD_Q = 3, EMULATED_LANES = 16 };

// Loads and stores.

EMULATED __m512 _mm512_loadu_ps(const void *from) {
  __m512 x;
  memcpy(&x, from, sizeof x);
  return x;
}
EMULATED void _mm512_storeu_ps(void *to, __m512 x) {
  memcpy(to, &x, sizeof x);
}
EMULATED __m512i _mm512_loadu_si512(const void *from) {
  __m512i x;
  memcpy(&x, from, sizeof x);
  return x;
}
EMULATED void _mm512_storeu_si512(void *to, __m512i x) {
  memcpy(to, &x, sizeof x);
}
EMULATED void _mm256_storeu_si256(void *to, __m256i x) {
  memcpy(to, &x, sizeof x);
}
EMULATED void _mm_storeu_si128(void *to, __m128i x) {
  memcpy(to, &x, sizeof x);
}

// Lanes whose bit is clear are not written.
EMULATED void emulated_masked_store(void *to, const void *from, uint32_t mask, size_t size) {
  for (int i = 0; i < EMULATED_LANES; i++)
    if (mask >> i & 1)
      memcpy((char *)to + (size_t)i * size, (const char *)from + (size_t)i * size, size);
}
EMULATED void _mm512_mask_storeu_epi32(void *to, __mmask16 mask, __m512i x) {
  emulated_masked_store(to, &x, mask, 4);
}
EMULATED void _mm256_mask_storeu_epi16(void *to, __mmask16 mask, __m256i x) {
  emulated_masked_store(to, &x, mask, 2);
}
EMULATED void _mm_mask_storeu_epi8(void *to, __mmask16 mask, __m128i x) {
  emulated_masked_store(to, &x, mask, 1);
}

// Constants and parts.

EMULATED __m512 _mm512_set1_ps(float x) {
  return (__m512){x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x};
}
EMULATED __m512 _mm512_setzero_ps(void) {
  return _mm512_set1_ps(0);
}
EMULATED __m512i _mm512_set1_epi32(int x) {
  return (__m512i)(emulated_ints){x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x};
}
EMULATED __m512i _mm512_set1_epi8(char x) {
  __m512i all;
  memset(&all, x, sizeof all);
  return all;
}
EMULATED __m512i _mm512_setzero_si512(void) {
  return _mm512_set1_epi32(0);
}
// The upper half is undefined.
EMULATED __m512i _mm512_castsi256_si512(__m256i x) {
  __m512i whole = _mm512_set1_epi8(JUNK);
  memcpy(&whole, &x, sizeof x);
  return whole;
}
typedef double __m256d __attribute__((vector_size(32), aligned(32)));
EMULATED __m256d _mm512_extractf64x4_pd(__m512d x, int half) {
  __m256d part;
  memcpy(&part, (const char *)&x + (half & 1) * 32, sizeof part);
  return part;
}
// The last argument is lane 0.
#define _mm512_set_epi16(...) emulated_set_epi16((const int16_t[32]){__VA_ARGS__})
EMULATED __m512i emulated_set_epi16(const int16_t *last_first) {
  int16_t lanes[32];
  for (int i = 0; i < 32; i++)
    lanes[i] = last_first[31 - i];
  return _mm512_loadu_si512(lanes);
}
EMULATED __m512i _mm512_permutexvar_epi16(__m512i index, __m512i x) {
  uint16_t from[32], at[32], to[32];
  memcpy(from, &x, sizeof from);
  memcpy(at, &index, sizeof at);
  for (int i = 0; i < 32; i++)
    to[i] = from[at[i] & 31];
  return _mm512_loadu_si512(to);
}

// Arithmetic. MINPS and MAXPS give the second operand where either is not a number.

EMULATED __m512 _mm512_fmadd_ps(__m512 a, __m512 b, __m512 c) {
  return __builtin_elementwise_fma(a, b, c);
}
EMULATED __m512 _mm512_min_ps(__m512 a, __m512 b) {
  __m512 least;
  for (int i = 0; i < EMULATED_LANES; i++)
    least[i] = a[i] < b[i] ? a[i] : b[i];
  return least;
}
EMULATED __m512 _mm512_max_ps(__m512 a, __m512 b) {
  __m512 most;
  for (int i = 0; i < EMULATED_LANES; i++)
    most[i] = a[i] > b[i] ? a[i] : b[i];
  return most;
}
EMULATED __mmask16 _mm512_cmp_ps_mask(__m512 a, __m512 b, int predicate) {
  if (predicate != _CMP_UNORD_Q)
    abort(); // the only one used
  uint32_t mask = 0;
  for (int i = 0; i < EMULATED_LANES; i++)
    mask |= (uint32_t)(a[i] != a[i] || b[i] != b[i]) << i;
  return (__mmask16)mask;
}
EMULATED __m512i _mm512_max_epi32(__m512i a, __m512i b) {
  return (__m512i)__builtin_elementwise_max((emulated_ints)a, (emulated_ints)b);
}
EMULATED __m512i _mm512_and_si512(__m512i a, __m512i b) {
  return a & b;
}
// x − ⌊2^M·x⌋·2^−M; only M = 0, rounded down, is used. Of an infinite x it is 0.
EMULATED __m512 _mm512_reduce_ps(__m512 x, int how) {
  if (how != 0x09)
    abort();
  __m512 rest;
  for (int i = 0; i < EMULATED_LANES; i++)
    rest[i] = isinf(x[i]) ? 0 : x[i] - floorf(x[i]);
  return rest;
}
// x·2^⌊power⌋, rounded once.
EMULATED __m512 _mm512_scalef_ps(__m512 x, __m512 power) {
  __m512 scaled;
  for (int i = 0; i < EMULATED_LANES; i++) {
    double most = 600, exponent = floor((double)power[i]);
    exponent = exponent > most ? most : exponent < -most ? -most : exponent;
    int64_t bits = exponent == exponent ? ((int64_t)exponent + 1023) << 52 : (int64_t)0x7ff8 << 48;
    double factor;
    memcpy(&factor, &bits, sizeof factor);
    scaled[i] = (float)((double)x[i] * factor);
  }
  return scaled;
}

// Conversions. To the nearest, ties to even; what does not fit becomes the most negative integer.

EMULATED __m512i _mm512_cvtps_epi32(__m512 x) {
  emulated_ints whole;
  for (int i = 0; i < EMULATED_LANES; i++) {
    float nearest = rintf(x[i]);
    whole[i] = nearest >= -0x1p31f && nearest < 0x1p31f ? (int32_t)nearest : INT32_MIN;
  }
  return (__m512i)whole;
}
EMULATED __m512 _mm512_cvtepi32_ps(__m512i x) {
  return __builtin_convertvector((emulated_ints)x, __m512);
}
EMULATED __m128i _mm512_cvtsepi32_epi8(__m512i x) {
  emulated_ints wide = (emulated_ints)x;
  emulated_bytes narrow;
  for (int i = 0; i < EMULATED_LANES; i++)
    narrow[i] = (int8_t)(wide[i] > INT8_MAX ? INT8_MAX : wide[i] < INT8_MIN ? INT8_MIN : wide[i]);
  return (__m128i)narrow;
}
EMULATED __m128i _mm512_cvtusepi32_epi8(__m512i x) {
  emulated_words wide = (emulated_words)x;
  emulated_bytes narrow;
  for (int i = 0; i < EMULATED_LANES; i++)
    narrow[i] = (int8_t)(uint8_t)(wide[i] > UINT8_MAX ? UINT8_MAX : wide[i]);
  return (__m128i)narrow;
}

// Over all lanes, in halves.

#define EMULATED_REDUCTION(name, vector, lanes, element, result, combine)                                    \
  EMULATED result name(vector x) {                                                                           \
    lanes all = (lanes)x;                                                                                    \
    element part[EMULATED_LANES];                                                                            \
    memcpy(part, &all, sizeof part);                                                                         \
    for (int half = EMULATED_LANES / 2; half > 0; half /= 2)                                                 \
      for (int i = 0; i < half; i++) {                                                                       \
        element a = part[i], b = part[i + half];                                                             \
        part[i] = combine;                                                                                   \
      }                                                                                                      \
    return part[0];                                                                                          \
  }
EMULATED_REDUCTION(_mm512_reduce_add_ps, __m512, __m512, float, float, a + b)
EMULATED_REDUCTION(_mm512_reduce_min_ps, __m512, __m512, float, float, a < b ? a : b)
EMULATED_REDUCTION(_mm512_reduce_max_ps, __m512, __m512, float, float, a > b ? a : b)
EMULATED_REDUCTION(_mm512_reduce_add_epi32, __m512i, emulated_ints, int32_t, int, a + b)
EMULATED_REDUCTION(_mm512_reduce_max_epi32, __m512i, emulated_ints, int32_t, int, a > b ? a : b)
