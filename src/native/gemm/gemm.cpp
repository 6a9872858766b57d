// Layout: b is cut into panels of kPanel columns, stored [panel][k][kPanel], so that the kernel reads it in order;
// a row of it times kMostRows elements of a, one broadcast each, updates kMostRows x kPanel sums that stay in registers.
// a is cut likewise into blocks of rows.
// In bfloat16 an element is a pair of neighbours in k (32 bits, as the dot-product instruction wants them), so that both
// types share everything but the multiplication.
#include "gemm/gemm.h"

#include <algorithm>

#include "parallel.h"

namespace textvae {
namespace products {
namespace {

constexpr int64_t kDepth = 2048;          // elements of k after which the sums go to memory once
constexpr int64_t kResident = 96 * 1024;  // elements of b that stay in a core's cache while all rows go by

template <Precision precision>
Vector multiply_add(float a, Vector b, Vector c) {
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

int64_t panels_together(int64_t panel_size, int64_t count) {
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

void run([[maybe_unused]] Precision precision, const LeftMatrix& a, const Blocks& blocks, int64_t block_from,
         int64_t block_to, const float* panels, int64_t panel_size, int64_t panel_count, int64_t missing, Addend addend,
         float* c, int64_t ldc) {
#ifdef __AVX512BF16__
  if (precision == Precision::kBFloat16) {
    return run<Precision::kBFloat16>(a, blocks, block_from, block_to, panels, panel_size, panel_count, missing, addend, c,
                                     ldc);
  }
#endif
  run<Precision::kFloat32>(a, blocks, block_from, block_to, panels, panel_size, panel_count, missing, addend, c, ldc);
}

// A product over nothing.
void copy(int64_t m, int64_t n, Addend addend, float* c, int64_t ldc) {
  for (int64_t i = 0; i < m; ++i) {
    for (int64_t j = 0; j < n; ++j) c[i * ldc + j] = addend.data == nullptr ? 0 : addend.data[i * addend.stride + j];
  }
}

}  // namespace
}  // namespace products

void PackedView::pack_into(float* data, Op op, const float* b, int64_t ldb) {
  data_ = data;
  parallel_for(0, panels(), 8, [&](int64_t from, int64_t to) {
    products::Buffer scratch;
    for (int64_t p = from; p < to; ++p) {
      products::pack_panel(op, precision_, k_, n_, b, ldb, p * products::kPanel, data + p * panel_size(), scratch);
    }
  });
}

void LeftMatrix::pack(Op op, int64_t m, int64_t k, const float* a, int64_t lda, Precision precision) {
  m_ = m;
  depth_ = products::depth_of(k, precision);
  float* const data = buffer_.at_least(m * depth_);
  data_ = data;
  const products::Blocks blocks(m);
  parallel_for(0, blocks.count, 4, [&](int64_t from, int64_t to) {
    products::Buffer scratch;
    products::pack_blocks(op, precision, blocks, from, to, k, a, lda, data, scratch);
  });
}

void product(const LeftMatrix& a, const PackedView& b, Addend addend, float* c, int64_t ldc) {
  using namespace products;
  if (a.m() == 0 || b.n() == 0) return;
  if (a.depth() == 0) return copy(a.m(), b.n(), addend, c, ldc);
  const Blocks blocks(a.m());
  const int64_t missing = b.panels() * kPanel - b.n();
  const auto part = [&](int64_t block_from, int64_t block_to, int64_t from, int64_t to) {
    run(b.precision(), a, blocks, block_from, block_to, b.panel(from), b.panel_size(), to - from,
        to == b.panels() ? missing : 0, addend.at(0, from * kPanel), c + from * kPanel, ldc);
  };
  const int64_t threads = textvae::threads();
  if (threads == 1) return part(0, blocks.count, 0, b.panels());
  if (blocks.count >= 4 * threads) {
    parallel_for(0, blocks.count, 1, [&](int64_t from, int64_t to) { part(from, to, 0, b.panels()); });
  } else {
    parallel_for(0, b.panels(), 1, [&](int64_t from, int64_t to) { part(0, blocks.count, from, to); });
  }
}

void product(Op op_a, int64_t m, const float* a, int64_t lda, const PackedView& b, Addend addend, float* c, int64_t ldc) {
  thread_local LeftMatrix left;
  left.pack(op_a, m, b.k(), a, lda, b.precision());
  product(left, b, addend, c, ldc);
}

// Panels of b are packed right before they are used, and not kept.
void gemm(Op op_a, Op op_b, int64_t m, int64_t n, int64_t k, const float* a, int64_t lda, const float* b, int64_t ldb,
          Addend addend, float* c, int64_t ldc, Precision precision) {
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
  const int64_t threads = textvae::threads();
  if (threads == 1) return columns(0, panels);
  const int64_t shares = std::min(threads, panels);
  parallel_for(0, shares, 1, [&](int64_t from, int64_t to) {
    for (int64_t share = from; share < to; ++share) columns(panels * share / shares, panels * (share + 1) / shares);
  });
}

}  // namespace textvae
