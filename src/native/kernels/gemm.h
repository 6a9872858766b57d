// Single-precision matrix product in row-major order over oneDNN, which at the shapes of recurrent
// steps reaches nearly the peak of the machine where OpenBLAS stays at half of it. Inside a parallel
// region a call runs on the calling thread alone.
#pragma once

#include <ATen/ATen.h>
#include <dnnl.h>

#include <algorithm>

namespace textvae {

enum class Op : char { kPlain = 'N', kTransposed = 'T' };

// beta is 0 or 1. c [m, n] = op(a) [m, k] op(b) [k, n] + beta c; ld* are row strides of the matrices as stored.
inline void gemm(Op op_a, Op op_b, int64_t m, int64_t n, int64_t k, const float* a, int64_t lda,
                 const float* b, int64_t ldb, float beta, float* c, int64_t ldc) {
  if (m == 0 || n == 0) return;
  if (k == 0) {  // an empty sum, which oneDNN takes for an error
    if (beta == 0) {
      for (int64_t i = 0; i < m; ++i) std::fill_n(c + i * ldc, n, 0.0f);
    }
    return;
  }
  const auto status = dnnl_sgemm(static_cast<char>(op_a), static_cast<char>(op_b), m, n, k, 1.0f, a, lda,
                                 b, ldb, beta, c, ldc);
  TORCH_CHECK(status == dnnl_success, "oneDNN sgemm of ", m, "x", n, "x", k, " failed with status ",
              static_cast<int>(status));
}

}  // namespace textvae
