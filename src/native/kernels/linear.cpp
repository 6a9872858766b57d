// Linear layers by our own products. LibTorch sends float32 products to a library of its own, in which a row's result depends on the rows
// beside it; here it does not.
#include <algorithm>

#include "gemm/gemm.h"
#include "parallel.h"

namespace textvae {
namespace {

// sums [columns] of x [rows, columns]. Rows are summed block by block, which keeps rounding errors small (pairwise summation, one level).
void sum_rows(int64_t rows, int64_t columns, const float* x, float* sums) {
  constexpr int64_t kColumns = 64, kRows = 64, kGrain = 1 << 15;
  const int64_t strips = (columns + kColumns - 1) / kColumns;
  const int64_t grain = std::max<int64_t>(1, kGrain / (kColumns * std::max<int64_t>(rows, 1)));
  parallel_for(0, strips, grain, [&](int64_t from, int64_t to) {
    for (int64_t strip = from; strip < to; ++strip) {
      const int64_t first = strip * kColumns, width = std::min(kColumns, columns - first);
      float total[kColumns] = {};
      for (int64_t row = 0; row < rows; row += kRows) {
        float part[kColumns] = {};
        for (int64_t r = row; r < std::min(row + kRows, rows); ++r) {
#pragma omp simd
          for (int64_t j = 0; j < width; ++j) part[j] += x[r * columns + first + j];
        }
        for (int64_t j = 0; j < kColumns; ++j) total[j] += part[j];
      }
      std::copy_n(total, width, sums + first);
    }
  });
}

}  // namespace
}  // namespace textvae

using namespace textvae;

int32_t textvae_linear_forward(int32_t threads, int32_t precision, int64_t rows, int64_t in, int64_t out, const float* x, const float* w,
                               const float* b, float* y) {
  return guarded(threads, [&] {
    gemm(Op::kPlain, Op::kTransposed, rows, out, in, x, in, w, in, Addend::row(b), y, out, precision_of(precision));
  });
}

int32_t textvae_linear_backward(int32_t threads, int32_t precision, int64_t rows, int64_t in, int64_t out, const float* x, const float* w,
                                const float* dy, float* dx, float* dw, float* db) {
  return guarded(threads, [&] {
    const Precision type = precision_of(precision);
    if (dx != nullptr) gemm(Op::kPlain, Op::kPlain, rows, in, out, dy, out, w, in, Addend::nothing(), dx, in, type);
    if (dw != nullptr) gemm(Op::kTransposed, Op::kPlain, out, in, rows, dy, out, x, in, Addend::nothing(), dw, in, type);
    if (db != nullptr) sum_rows(rows, out, dy, db);
  });
}
