// Elementary functions written so that the compiler vectorises the loops that call them.
// Relative error about 2e-7; NaN stays NaN, infinities saturate.
#pragma once

#include <cmath>
#include <cstdint>

namespace textvae {

// e^x = 2^n e^r with n = round(x / ln 2), |r| <= ln 2 / 2. Saturates at the ends of the normal range.
#pragma omp declare simd
inline float fast_exp(float x) {
  constexpr float kHigh = 88.0f, kLow = -87.3f;
  x = x > kHigh ? kHigh : x;
  x = x < kLow ? kLow : x;
  const float n = std::rint(x * 1.44269504088896341f);
  // ln 2 in two parts, the first exact in few bits, so that the remainder keeps its accuracy.
  const float r = (x - n * 0.693359375f) + n * 2.12194440e-4f;
  float p = 1.9875691500e-4f;
  p = p * r + 1.3981999507e-3f;
  p = p * r + 8.3334519073e-3f;
  p = p * r + 4.1665795894e-2f;
  p = p * r + 1.6666665459e-1f;
  p = p * r + 5.0000001201e-1f;
  p = p * r * r + r + 1.0f;
  const std::int32_t bits = (static_cast<std::int32_t>(n) + 127) << 23;
  return p * __builtin_bit_cast(float, bits);
}

inline float fast_sigmoid(float x) { return 1.0f / (1.0f + fast_exp(-x)); }

// Rational minimax approximation x P(x^2) / Q(x^2) on [-7.9, 7.9], beyond which tanh is 1 in float.
inline float fast_tanh(float x) {
  constexpr float kBound = 7.90531110763549805f;
  x = x > kBound ? kBound : x;
  x = x < -kBound ? -kBound : x;
  const float s = x * x;
  float p = -2.76076847742355e-16f;
  p = p * s + 2.00018790482477e-13f;
  p = p * s - 8.60467152213735e-11f;
  p = p * s + 5.12229709037114e-08f;
  p = p * s + 1.48572235717979e-05f;
  p = p * s + 6.37261928875436e-04f;
  p = p * s + 4.89352455891786e-03f;
  float q = 1.19825839466702e-06f;
  q = q * s + 1.18534705686654e-04f;
  q = q * s + 2.26843463243900e-03f;
  q = q * s + 4.89352518554385e-03f;
  return x * p / q;
}

}  // namespace textvae
