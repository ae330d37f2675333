// A libcublasLt that multiplies matrices in columns, as the real one counts them, in plain loops: whether ours are
// described rightly is what it is for. It serves what Atelier asks: A transposed, a bias, beta·C.

#include "narrow.h"
#include "recording.h"

#include <cstdint>
#include <cstring>

namespace {
struct description {
  int transposed = 0, epilogue = 1;
  uint64_t bias = 0;
};
struct layout {
  int type;
  uint64_t rows, columns;
  int64_t leading;
};
float value(const void *base, int type, int64_t i) { return narrow_at(base, i, type == 2); }
void put(void *base, int type, int64_t i, float x) { put_narrow(base, i, type == 2, x); }
} // namespace

extern "C" {
int cublasLtCreate(void **handle) {
  *handle = new int;
  return 0;
}
int cublasLtGetProperty(int type, int *value) {
  *value = 13 + type;
  return 0;
}
int cublasLtDestroy(void *handle) {
  delete static_cast<int *>(handle);
  return 0;
}
int cublasLtMatmulDescCreate(description **d, int compute, int scale) {
  *d = new description;
  return compute == 68 && scale == 0 ? 0 : 15;
}
int cublasLtMatmulDescDestroy(description *d) {
  delete d;
  return 0;
}
int cublasLtMatmulDescSetAttribute(description *d, int attribute, const void *from, size_t bytes) {
  if (attribute == 3 && bytes == 4)
    memcpy(&d->transposed, from, 4);
  else if (attribute == 7 && bytes == 4)
    memcpy(&d->epilogue, from, 4);
  else if (attribute == 8 && bytes == 8)
    memcpy(&d->bias, from, 8);
  else
    return 7;
  return 0;
}
int cublasLtMatrixLayoutCreate(layout **l, int type, uint64_t rows, uint64_t columns, int64_t leading) {
  *l = new layout{type, rows, columns, leading};
  return leading >= static_cast<int64_t>(rows) ? 0 : 7;
}
int cublasLtMatrixLayoutDestroy(layout *l) {
  delete l;
  return 0;
}
int cublasLtMatmulPreferenceCreate(void **p) {
  *p = new int;
  return 0;
}
int cublasLtMatmulPreferenceDestroy(void *p) {
  delete static_cast<int *>(p);
  return 0;
}
int cublasLtMatmulPreferenceSetAttribute(void *, int attribute, const void *, size_t) {
  return attribute == 1 || (attribute >= 5 && attribute <= 8) ? 0 : 7;
}
struct heuristic {
  uint64_t algorithm[8];
  size_t workspace;
  int state;
  float waves;
  int reserved[4];
};
int cublasLtMatmulAlgoGetHeuristic(void *, description *, layout *, layout *, layout *, layout *, void *, int wanted,
                                   heuristic *results, int *found) {
  *found = wanted < 2 ? wanted : 2;
  for (int i = 0; i < *found; i++) {
    results[i] = heuristic{};
    results[i].algorithm[0] = 77 + i;
  }
  return 0;
}
int cublasLtMatmul(void *, description *d, const float *alpha, const void *a, layout *la, const void *b, layout *lb,
                   const float *beta, const void *c, layout *lc, void *out, layout *ld, const uint64_t *algorithm,
                   void *, size_t, void *) {
  bool fits = d->transposed == 1 && d->epilogue == 4 && algorithm[0] >= 77 && la->rows == lb->rows &&
              la->columns == ld->rows && lb->columns == ld->columns && lc->rows == ld->rows;
  if (!fits)
    return 15;
  // As with the real one, descriptions and scalars are read when it is asked, memory when the work is done.
  return perform([d = *d, la = *la, lb = *lb, lc = *lc, ld = *ld, alpha = *alpha, beta = *beta, a, b, c, out] {
           for (uint64_t j = 0; j < ld.columns; j++)
             for (uint64_t i = 0; i < ld.rows; i++) {
               float sum = 0;
               for (uint64_t k = 0; k < la.rows; k++)
                 sum += value(a, la.type, i * la.leading + k) * value(b, lb.type, j * lb.leading + k);
               sum *= alpha;
               if (beta != 0)
                 sum += beta * value(c, lc.type, j * lc.leading + i);
               sum += value(reinterpret_cast<void *>(d.bias), ld.type, i);
               put(out, ld.type, j * ld.leading + i, sum);
             }
         })
             ? 0
             : 14;
}
}
