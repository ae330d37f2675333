#ifndef ATELIER_ROWS_H
#define ATELIER_ROWS_H

// Sums and maxima over a row in 16 lanes: an order of additions that clang can vectorise and that is fixed.

#include "host/scalar.h"

enum { CK_LANES = 16 };

CK_INLINE double ck_fold(const double *lanes) {
  double sum = 0;
  for (int l = 0; l < CK_LANES; l++)
    sum += lanes[l];
  return sum;
}

CK_INLINE double ck_row_sum(const float *x, int64_t n) {
  double lanes[CK_LANES] = {0};
  int64_t i = 0;
  for (; i + CK_LANES <= n; i += CK_LANES)
    for (int l = 0; l < CK_LANES; l++)
      lanes[l] += (double)x[i + l];
  for (; i < n; i++)
    lanes[i % CK_LANES] += (double)x[i];
  return ck_fold(lanes);
}

// Σ (x − mean)²
CK_INLINE double ck_row_squares(const float *x, int64_t n, double mean) {
  double lanes[CK_LANES] = {0};
  int64_t i = 0;
  for (; i + CK_LANES <= n; i += CK_LANES)
    for (int l = 0; l < CK_LANES; l++)
      lanes[l] += ((double)x[i + l] - mean) * ((double)x[i + l] - mean);
  for (; i < n; i++)
    lanes[i % CK_LANES] += ((double)x[i] - mean) * ((double)x[i] - mean);
  return ck_fold(lanes);
}

CK_INLINE float ck_row_max(const float *x, int64_t n) {
  float lanes[CK_LANES], most;
  int64_t i = 0;
  for (int l = 0; l < CK_LANES; l++)
    lanes[l] = x[0];
  for (; i + CK_LANES <= n; i += CK_LANES)
    for (int l = 0; l < CK_LANES; l++)
      lanes[l] = x[i + l] > lanes[l] ? x[i + l] : lanes[l];
  most = lanes[0];
  for (int l = 1; l < CK_LANES; l++)
    most = lanes[l] > most ? lanes[l] : most;
  for (; i < n; i++)
    most = x[i] > most ? x[i] : most;
  return most;
}

// x[i] = e^(x[i] − most); returns their sum.
CK_INLINE float ck_row_exp(float *x, int64_t n, float most) {
  float lanes[CK_LANES] = {0}, sum = 0;
  int64_t i = 0;
  for (; i + CK_LANES <= n; i += CK_LANES)
    for (int l = 0; l < CK_LANES; l++) {
      x[i + l] = ck_exp(x[i + l] - most);
      lanes[l] += x[i + l];
    }
  for (; i < n; i++) {
    x[i] = ck_exp(x[i] - most);
    lanes[i % CK_LANES] += x[i];
  }
  for (int l = 0; l < CK_LANES; l++)
    sum += lanes[l];
  return sum;
}

#endif
