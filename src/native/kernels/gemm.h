// Matrix products in row-major order, of float32 or of factors rounded to bfloat16, summed in float32.
//
//   gemm(...)                   c = op(a) op(b) + addend: nothing, a row for all (a bias), or what is in c
//   PackedMatrix::pack(op(b)), product(a, packed, ...)   the same with b prepared once for many products
//
// A product outside a parallel region uses LibTorch's threads, inside one the calling thread alone. Each element of c
// is one sum over k in order, whatever the other sizes and the number of threads: a row's result does not
// depend on the rows computed beside it.
//
// Layout: b is cut into panels of kPanel columns, stored [panel][k][kPanel], so that the kernel reads it in order;
// a row of it times kMostRows elements of a, one broadcast each, updates kMostRows x kPanel sums that stay in registers.
// a is cut likewise into blocks of rows.
// In bfloat16 an element is a pair of neighbours in k (32 bits, as the dot-product instruction wants them), so that both
// types share everything but the multiplication.
#pragma once

#include <ATen/ATen.h>
#include <ATen/Parallel.h>

#include <algorithm>
#include <cstdint>

#include "packing.h"
#include "precision.h"

namespace textvae {

// What a product is added to: element [i, j] is data[i * stride + j]; 0 without data.
struct Addend {
  const float* data = nullptr;
  int64_t stride = 0;

  static Addend nothing() { return {}; }
  static Addend row(const float* bias) { return {bias, 0}; }
  static Addend matrix(const float* c, int64_t ldc) { return {c, ldc}; }
  static Addend matrix_if(bool given, const float* c, int64_t ldc) { return given ? matrix(c, ldc) : nothing(); }

  Addend at(int64_t row, int64_t column) const { return {data == nullptr ? nullptr : data + row * stride + column, stride}; }
};

namespace products {

constexpr int64_t kDepth = 2048;           // elements of k after which the sums go to memory once
constexpr int64_t kResident = 96 * 1024;   // elements of b that stay in a core's cache while all rows go by

template <Precision precision>
inline Vector multiply_add(float a, Vector b, Vector c) {
#ifdef __AVX512BF16__
  if constexpr (precision == Precision::kBFloat16) {
    return (Vector)_mm512_dpbf16_ps((__m512)c, (__m512bh)_mm512_set1_ps(a), (__m512bh)b);
  }
#endif
  return a * b + c;
}

// rows x (panels of kPanel columns) of c from `depth` elements of k; a is [depth][rows]. The last `missing` columns are not stored.
template <Precision precision, int rows, int panels>
void kernel(int64_t depth, const float* a, const float* b, int64_t panel_stride, Addend addend, float* c, int64_t ldc,
            int64_t missing) {
  constexpr int kVectors = 2 * panels;
  Vector sum[rows][kVectors];
  for (int r = 0; r < rows; ++r) {
    for (int v = 0; v < kVectors; ++v) sum[r][v] = Vector{};
  }
  for (int64_t i = 0; i < depth; ++i) {
    Vector factor[kVectors];
    for (int v = 0; v < kVectors; ++v) factor[v] = load(b + (v / 2) * panel_stride + i * kPanel + (v % 2) * kLanes);
#pragma GCC unroll 16
    for (int r = 0; r < rows; ++r) {
      const float element = a[i * rows + r];
#pragma GCC unroll 8
      for (int v = 0; v < kVectors; ++v) sum[r][v] = multiply_add<precision>(element, factor[v], sum[r][v]);
    }
  }
  constexpr int64_t kWidth = panels * kPanel;
  if (missing == 0) {
    for (int r = 0; r < rows; ++r) {
      for (int v = 0; v < kVectors; ++v) {
        Vector result = sum[r][v];
        if (addend.data != nullptr) result = load(addend.data + r * addend.stride + v * kLanes) + result;
        store(result, c + r * ldc + v * kLanes);
      }
    }
    return;
  }
  for (int r = 0; r < rows; ++r) {
    float row[kWidth];
    for (int v = 0; v < kVectors; ++v) store(sum[r][v], row + v * kLanes);
    for (int64_t j = 0; j < kWidth - missing; ++j) {
      c[r * ldc + j] = addend.data == nullptr ? row[j] : addend.data[r * addend.stride + j] + row[j];
    }
  }
}

// As many panels at once as the registers hold sums for: few rows alone would wait for each other's results.
template <int rows>
constexpr int panels_at_once() {
  return rows * 8 <= 2 * kMostRows ? 4 : rows * 4 <= 2 * kMostRows ? 2 : 1;
}

template <Precision precision, int rows>
void row_block(int64_t depth, const float* a, const float* b, int64_t panel_stride, int64_t count, Addend addend, float* c,
               int64_t ldc, int64_t missing) {
  constexpr int kAtOnce = panels_at_once<rows>();
  while (count >= kAtOnce) {
    kernel<precision, rows, kAtOnce>(depth, a, b, panel_stride, addend, c, ldc, count == kAtOnce ? missing : 0);
    b += kAtOnce * panel_stride;
    c += kAtOnce * kPanel;
    addend = addend.at(0, kAtOnce * kPanel);
    count -= kAtOnce;
  }
  for (; count > 0; --count) {
    kernel<precision, rows, 1>(depth, a, b, panel_stride, addend, c, ldc, count == 1 ? missing : 0);
    b += panel_stride;
    c += kPanel;
    addend = addend.at(0, kPanel);
  }
}

template <Precision precision>
void run_rows(int64_t rows, int64_t depth, const float* a, const float* b, int64_t panel_stride, int64_t count, Addend addend,
              float* c, int64_t ldc, int64_t missing) {
  switch (rows) {
#define TEXTVAE_ROWS(n) \
  case n:               \
    return row_block<precision, n>(depth, a, b, panel_stride, count, addend, c, ldc, missing);
    TEXTVAE_ROWS(1) TEXTVAE_ROWS(2) TEXTVAE_ROWS(3) TEXTVAE_ROWS(4) TEXTVAE_ROWS(5) TEXTVAE_ROWS(6)
#ifdef __AVX512F__
    TEXTVAE_ROWS(7) TEXTVAE_ROWS(8) TEXTVAE_ROWS(9) TEXTVAE_ROWS(10) TEXTVAE_ROWS(11) TEXTVAE_ROWS(12) TEXTVAE_ROWS(13)
    TEXTVAE_ROWS(14)
#endif
#undef TEXTVAE_ROWS
  }
}

}  // namespace products

// op(b) [k, n], prepared, in memory that belongs to somebody else.
class PackedView {
 public:
  PackedView() = default;
  PackedView(const float* data, int64_t k, int64_t n, Precision precision)
      : data_(data), k_(k), n_(n), precision_(precision) {}

  int64_t k() const { return k_; }
  int64_t n() const { return n_; }
  Precision precision() const { return precision_; }
  int64_t panels() const { return (n_ + products::kPanel - 1) / products::kPanel; }
  int64_t panel_size() const { return products::depth_of(k_, precision_) * products::kPanel; }
  const float* panel(int64_t p) const { return data_ + p * panel_size(); }
  int64_t size() const { return panels() * panel_size(); }

  // Prepares b in `data`, which holds size() elements.
  void pack_into(float* data, Op op, const float* b, int64_t ldb) {
    data_ = data;
    at::parallel_for(0, panels(), 8, [&](int64_t from, int64_t to) {
      products::Buffer scratch;
      for (int64_t p = from; p < to; ++p) {
        products::pack_panel(op, precision_, k_, n_, b, ldb, p * products::kPanel, data + p * panel_size(), scratch);
      }
    });
  }

 private:
  const float* data_ = nullptr;
  int64_t k_ = 0, n_ = 0;
  Precision precision_ = Precision::kFloat32;
};

// op(b) [k, n], prepared, with its memory.
class PackedMatrix : public PackedView {
 public:
  PackedMatrix() = default;
  PackedMatrix(const PackedMatrix&) = delete;
  PackedMatrix& operator=(const PackedMatrix&) = delete;

  void pack(Op op, int64_t k, int64_t n, const float* b, int64_t ldb, Precision precision) {
    static_cast<PackedView&>(*this) = PackedView(nullptr, k, n, precision);
    pack_into(buffer_.at_least(size()), op, b, ldb);
  }

 private:
  products::Buffer buffer_;
};

// op(a) [m, k], prepared: blocks of at most kMostRows rows, [block][k][rows].
class LeftMatrix {
 public:
  LeftMatrix() = default;
  LeftMatrix(const LeftMatrix&) = delete;
  LeftMatrix& operator=(const LeftMatrix&) = delete;

  void pack(Op op, int64_t m, int64_t k, const float* a, int64_t lda, Precision precision) {
    m_ = m;
    depth_ = products::depth_of(k, precision);
    float* const data = buffer_.at_least(m * depth_);
    data_ = data;
    const products::Blocks blocks(m);
    at::parallel_for(0, blocks.count, 4, [&](int64_t from, int64_t to) {
      products::Buffer scratch;
      products::pack_blocks(op, precision, blocks, from, to, k, a, lda, data, scratch);
    });
  }

  int64_t m() const { return m_; }
  int64_t depth() const { return depth_; }
  const float* block(int64_t first_row) const { return data_ + first_row * depth_; }

 private:
  products::Buffer buffer_;
  const float* data_ = nullptr;
  int64_t m_ = 0, depth_ = 0;
};

namespace products {

inline int64_t panels_together(int64_t panel_size, int64_t count) {
  return std::min(std::max<int64_t>(kResident / panel_size, 2), count);
}

// Rows of some blocks times some panels, on the calling thread.
template <Precision precision>
void run(const LeftMatrix& a, const Blocks& blocks, int64_t block_from, int64_t block_to, const float* panels,
         int64_t panel_size, int64_t panel_count, int64_t missing, Addend addend, float* c, int64_t ldc) {
  const int64_t depth = a.depth();
  const int64_t step = blocks.count == 1 ? panel_count : panels_together(panel_size, panel_count);
  for (int64_t p = 0; p < panel_count; p += step) {
    const int64_t count = std::min(step, panel_count - p);
    const int64_t lost = p + count == panel_count ? missing : 0;
    for (int64_t block = block_from; block < block_to; ++block) {
      const int64_t row = blocks.begin(block), rows = blocks.size(block);
      float* const to = c + row * ldc + p * kPanel;
      for (int64_t first = 0; first < depth; first += kDepth) {
        run_rows<precision>(rows, std::min(kDepth, depth - first), a.block(row) + first * rows,
                            panels + p * panel_size + first * kPanel, panel_size, count,
                            first > 0 ? Addend::matrix(to, ldc) : addend.at(row, p * kPanel), to, ldc, lost);
      }
    }
  }
}

inline void run(Precision precision, const LeftMatrix& a, const Blocks& blocks, int64_t block_from, int64_t block_to,
                const float* panels, int64_t panel_size, int64_t panel_count, int64_t missing, Addend addend, float* c,
                int64_t ldc) {
#ifdef __AVX512BF16__
  if (precision == Precision::kBFloat16) {
    return run<Precision::kBFloat16>(a, blocks, block_from, block_to, panels, panel_size, panel_count, missing, addend, c,
                                     ldc);
  }
#endif
  run<Precision::kFloat32>(a, blocks, block_from, block_to, panels, panel_size, panel_count, missing, addend, c, ldc);
}

// A product over nothing.
inline void copy(int64_t m, int64_t n, Addend addend, float* c, int64_t ldc) {
  for (int64_t i = 0; i < m; ++i) {
    for (int64_t j = 0; j < n; ++j) c[i * ldc + j] = addend.data == nullptr ? 0 : addend.data[i * addend.stride + j];
  }
}

inline int64_t threads() { return at::in_parallel_region() ? 1 : at::get_num_threads(); }

}  // namespace products

// c [m, n] = a b + addend; both factors prepared for the same precision.
inline void product(const LeftMatrix& a, const PackedView& b, Addend addend, float* c, int64_t ldc) {
  using namespace products;
  if (a.m() == 0 || b.n() == 0) return;
  if (a.depth() == 0) return copy(a.m(), b.n(), addend, c, ldc);
  const Blocks blocks(a.m());
  const int64_t missing = b.panels() * kPanel - b.n();
  const auto part = [&](int64_t block_from, int64_t block_to, int64_t from, int64_t to) {
    run(b.precision(), a, blocks, block_from, block_to, b.panel(from), b.panel_size(), to - from,
        to == b.panels() ? missing : 0, addend.at(0, from * kPanel), c + from * kPanel, ldc);
  };
  const int64_t threads = products::threads();
  if (threads == 1) return part(0, blocks.count, 0, b.panels());
  if (blocks.count >= 4 * threads) {
    at::parallel_for(0, blocks.count, 1, [&](int64_t from, int64_t to) { part(from, to, 0, b.panels()); });
  } else {
    at::parallel_for(0, b.panels(), 1, [&](int64_t from, int64_t to) { part(0, blocks.count, from, to); });
  }
}

// The same with a as it is stored: op(a) [m, k], ld* are row strides.
inline void product(Op op_a, int64_t m, const float* a, int64_t lda, const PackedView& b, Addend addend, float* c,
                    int64_t ldc) {
  thread_local LeftMatrix left;
  left.pack(op_a, m, b.k(), a, lda, b.precision());
  product(left, b, addend, c, ldc);
}

// c [m, n] = op(a) [m, k] op(b) [k, n] + addend; ld* are row strides of the matrices as stored.
// Panels of b are packed right before they are used, and not kept.
inline void gemm(Op op_a, Op op_b, int64_t m, int64_t n, int64_t k, const float* a, int64_t lda, const float* b, int64_t ldb,
                 Addend addend, float* c, int64_t ldc, Precision precision = Precision::kFloat32) {
  using namespace products;
  if (m == 0 || n == 0) return;
  if (k == 0) return copy(m, n, addend, c, ldc);
  thread_local LeftMatrix left;
  left.pack(op_a, m, k, a, lda, precision);
  const Blocks blocks(m);
  const int64_t panels = (n + kPanel - 1) / kPanel, size = depth_of(k, precision) * kPanel;
  const LeftMatrix& rows = left;  // the caller's, in every thread
  const auto columns = [&](int64_t from, int64_t to) {
    thread_local Buffer packed, scratch;
    const int64_t together = panels_together(size, to - from);
    float* const data = packed.at_least(together * size);
    for (int64_t p = from; p < to; p += together) {
      const int64_t count = std::min(together, to - p);
      for (int64_t i = 0; i < count; ++i) {
        pack_panel(op_b, precision, k, n, b, ldb, (p + i) * kPanel, data + i * size, scratch);
      }
      run(precision, rows, blocks, 0, blocks.count, data, size, count,
          p + count == panels ? panels * kPanel - n : 0, addend.at(0, p * kPanel), c + p * kPanel, ldc);
    }
  };
  const int64_t threads = products::threads();
  if (threads == 1) return columns(0, panels);
  const int64_t shares = std::min(threads, panels);
  at::parallel_for(0, shares, 1, [&](int64_t from, int64_t to) {
    for (int64_t share = from; share < to; ++share) columns(panels * share / shares, panels * (share + 1) / shares);
  });
}

}  // namespace textvae
