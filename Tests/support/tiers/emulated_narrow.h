// Part of immintrin.h: bfloat16, half precision and 8-bit integers.

typedef __bf16 __m512bh __attribute__((vector_size(64), aligned(64)));
typedef __bf16 __m256bh __attribute__((vector_size(32), aligned(32)));
typedef _Float16 __m512h __attribute__((vector_size(64), aligned(64)));
typedef _Float16 __m256h __attribute__((vector_size(32), aligned(32)));
typedef uint16_t emulated_halves __attribute__((vector_size(32)));
typedef float emulated_wide __attribute__((vector_size(128)));

// AVX512-BF16. Its instructions take and make zeros for subnormals, and always round to the nearest.

EMULATED __m512 emulated_flushed(__m512 x) {
  const emulated_words tiny = (emulated_words)_mm512_set1_epi32(0x7f800000);
  emulated_words bits = (emulated_words)x;
  return (__m512)(bits & ((emulated_words)((bits & tiny) != 0) | 0x80000000u));
}
EMULATED __m256bh _mm512_cvtneps_pbh(__m512 x) {
  emulated_words bits = (emulated_words)emulated_flushed(x);
  emulated_words rounded = (bits + 0x7fff + (bits >> 16 & 1)) >> 16, quiet = bits >> 16 | 0x40;
  emulated_words strange = (emulated_words)(x != x);
  return (__m256bh) __builtin_convertvector((strange & quiet) | (~strange & rounded), emulated_halves);
}
// The second operand's come first.
EMULATED __m512bh _mm512_cvtne2ps_pbh(__m512 high, __m512 low) {
  __m256bh parts[2] = {_mm512_cvtneps_pbh(low), _mm512_cvtneps_pbh(high)};
  __m512bh both;
  memcpy(&both, parts, sizeof both);
  return both;
}
// The even and the odd bfloat16 of each pair, as floats.
EMULATED __m512 emulated_even(__m512i pairs) {
  return emulated_flushed((__m512)((emulated_words)pairs << 16));
}
EMULATED __m512 emulated_odd(__m512i pairs) {
  return emulated_flushed((__m512)((emulated_words)pairs & 0xffff0000u));
}
// The odd products first, each multiply-add rounded once.
EMULATED __m512 _mm512_dpbf16_ps(__m512 sum, __m512bh a, __m512bh b) {
  sum = _mm512_fmadd_ps(emulated_odd((__m512i)a), emulated_odd((__m512i)b), emulated_flushed(sum));
  sum = _mm512_fmadd_ps(emulated_even((__m512i)a), emulated_even((__m512i)b), emulated_flushed(sum));
  return emulated_flushed(sum);
}

// AVX512-FP16. A multiply-add goes through float32, where it is rounded before it is rounded to half: once in
// some thousand the last bit differs from the instruction's.

EMULATED __m512h _mm512_set1_ph(_Float16 x) {
  _Float16 all[32];
  for (int i = 0; i < 32; i++)
    all[i] = x;
  __m512h lanes;
  memcpy(&lanes, all, sizeof lanes);
  return lanes;
}
EMULATED __m512h _mm512_setzero_ph(void) {
  return _mm512_set1_ph(0);
}
EMULATED __m512h _mm512_loadu_ph(const void *from) {
  __m512h x;
  memcpy(&x, from, sizeof x);
  return x;
}
EMULATED __m512h _mm512_fmadd_ph(__m512h a, __m512h b, __m512h c) {
  emulated_wide x = __builtin_convertvector(a, emulated_wide), y = __builtin_convertvector(b, emulated_wide);
  return __builtin_convertvector(x * y + __builtin_convertvector(c, emulated_wide), __m512h);
}
EMULATED _Float16 _mm512_reduce_add_ph(__m512h x) {
  _Float16 sum[32];
  memcpy(sum, &x, sizeof sum);
  for (int half = 16; half > 0; half /= 2)
    for (int i = 0; i < half; i++)
      sum[i] = sum[i] + sum[i + half];
  return sum[0];
}
EMULATED __m256h _mm512_cvtxps_ph(__m512 x) {
  return __builtin_convertvector(x, __m256h);
}
EMULATED __m512 _mm512_cvtxph_ps(__m256h x) {
  return __builtin_convertvector(x, __m512);
}
EMULATED __m256h _mm512_castph512_ph256(__m512h x) {
  __m256h low;
  memcpy(&low, &x, sizeof low);
  return low;
}

// AVX512-VNNI: adds four products of unsigned and signed bytes; sums wrap.
EMULATED __m512i _mm512_dpbusd_epi32(__m512i sum, __m512i a, __m512i b) {
  emulated_words total = (emulated_words)sum;
  for (int k = 0; k < 4; k++) {
    emulated_ints x = (emulated_ints)((emulated_words)a >> (8 * k) & 0xff);
    emulated_ints y = (emulated_ints)((emulated_words)b << (24 - 8 * k)) >> 24;
    total += (emulated_words)(x * y);
  }
  return (__m512i)total;
}
