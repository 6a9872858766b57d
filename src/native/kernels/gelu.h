// The Gaussian error linear unit x Phi(x) (Hendrycks and Gimpel 2016) in a form that vectorises.
#pragma once

#include <cmath>

#include "gemm/simd_math.h"

namespace textvae {

struct Gaussian {
  float cumulative, density;  // Phi(x) and phi(x)
};

// Abramowitz and Stegun 7.1.26: erf(z) = 1 - P(1 / (1 + p z)) e^(-z^2) for z >= 0, absolute error below 1.5e-7.
inline Gaussian gaussian(float x) {
  const float z = std::fabs(x) * 0.70710678118654752f;
  const float t = 1 / (1 + 0.3275911f * z);
  float p = 1.061405429f;
  p = p * t - 1.453152027f;
  p = p * t + 1.421413741f;
  p = p * t - 0.284496736f;
  p = p * t + 0.254829592f;
  const float e = fast_exp(-z * z);
  const float tail = 0.5f * p * t * e;
  return {x < 0 ? tail : 1 - tail, 0.39894228040143268f * e};
}

inline float gelu(float x) { return x * gaussian(x).cumulative; }

// d gelu / dx = Phi(x) + x phi(x)
inline float gelu_slope(float x) {
  const Gaussian g = gaussian(x);
  return g.cumulative + x * g.density;
}

}  // namespace textvae
