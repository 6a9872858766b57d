// One time step of an LSTM after the products: what training, evaluation and decoding share.
#pragma once

#include <cstdint>

#include "gemm/simd_math.h"

namespace textvae {

// Gates of one step, in place from sums to activations; new states of `rows` rows.
inline void activate(float* gates, const float* bias, const float* c_before, float* c, float* h, int64_t rows,
              int64_t hidden) {
  for (int64_t r = 0; r < rows; ++r) {
    float* __restrict i = gates + r * 4 * hidden;
    float* __restrict f = i + hidden;
    float* __restrict g = f + hidden;
    float* __restrict o = g + hidden;
    const float* before = c_before + r * hidden;
    float* after = c + r * hidden;
    float* __restrict out = h + r * hidden;
#pragma omp simd
    for (int64_t j = 0; j < hidden; ++j) {
      const float input_gate = fast_sigmoid(i[j] + bias[j]);
      const float forget_gate = fast_sigmoid(f[j] + bias[hidden + j]);
      const float candidate = fast_tanh(g[j] + bias[2 * hidden + j]);
      const float output_gate = fast_sigmoid(o[j] + bias[3 * hidden + j]);
      const float cell = forget_gate * before[j] + input_gate * candidate;
      i[j] = input_gate;
      f[j] = forget_gate;
      g[j] = candidate;
      o[j] = output_gate;
      after[j] = cell;
      out[j] = output_gate * fast_tanh(cell);
    }
  }
}

}  // namespace textvae
