// How the factors of a product are laid out for it (see gemm.h): panels of columns of the right one, blocks of rows of
// the left one, and pairs of neighbours in k where they are rounded to bfloat16.
#pragma once

#include <immintrin.h>

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <memory>
#include <new>
#include <utility>

#include "gemm/precision.h"

namespace textvae {

enum class Op : char { kPlain = 'N', kTransposed = 'T' };

namespace products {

#ifdef __AVX512F__
constexpr int kLanes = 16;
constexpr int kMostRows = 14;
#else
constexpr int kLanes = 8;
constexpr int kMostRows = 6;
#endif
constexpr int64_t kPanel = 2 * kLanes;

// In memory anywhere. Read and written as they are: a copy may go in halves through the stack, which costs more than a product.
typedef float Vector __attribute__((vector_size(4 * kLanes), aligned(4), may_alias));

inline Vector load(const float* from) { return *reinterpret_cast<const Vector*>(from); }
inline void store(Vector v, float* to) { *reinterpret_cast<Vector*>(to) = v; }

// Uninitialised memory on cache lines that grows and never shrinks.
class Buffer {
 public:
  float* at_least(int64_t count) {
    if (count > size_) {
      data_.reset(static_cast<float*>(::operator new(count * sizeof(float), std::align_val_t(64))));
      size_ = count;
    }
    return data_.get();
  }

 private:
  struct Free {
    void operator()(float* p) const { ::operator delete(p, std::align_val_t(64)); }
  };
  std::unique_ptr<float, Free> data_;
  int64_t size_ = 0;
};

// Elements along k: floats, or pairs.
constexpr int64_t depth_of(int64_t k, Precision precision) {
  return precision == Precision::kFloat32 ? k : (k + 1) / 2;
}

#ifdef __AVX512BF16__
inline __m512i pairs(__m512 low, __m512 high) {
  alignas(64) static constexpr uint16_t kInterleaved[32] = {0, 16, 1, 17, 2,  18, 3,  19, 4,  20, 5,  21, 6,  22, 7,  23,
                                                            8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31};
  return _mm512_permutexvar_epi16(_mm512_load_si512(kInterleaved), (__m512i)_mm512_cvtne2ps_pbh(high, low));
}
#endif

// Neighbours in a row as pairs: n floats to (n + 1) / 2 pairs.
inline void pair_row([[maybe_unused]] const float* from, [[maybe_unused]] float* to, [[maybe_unused]] int64_t n) {
#ifdef __AVX512BF16__
  for (int64_t j = 0; j < n; j += 32) {
    const int64_t left = n - j;
    const auto mask = left >= 32 ? ~0u : (1u << left) - 1;
    const auto low = _mm512_maskz_loadu_ps(static_cast<__mmask16>(mask), from + j);
    const auto high = _mm512_maskz_loadu_ps(static_cast<__mmask16>(mask >> 16), from + j + 16);
    const int64_t count = std::min<int64_t>((left + 1) / 2, 16);
    _mm512_mask_storeu_epi32(to + j / 2, static_cast<__mmask16>((1u << count) - 1), (__m512i)_mm512_cvtne2ps_pbh(high, low));
  }
#else
  throw Failure{TEXTVAE_UNSUPPORTED};
#endif
}

// Two rows (the second may be missing) interleaved: n pairs.
inline void pair_rows([[maybe_unused]] const float* first, [[maybe_unused]] const float* second, [[maybe_unused]] float* to,
                      [[maybe_unused]] int64_t n) {
#ifdef __AVX512BF16__
  for (int64_t j = 0; j < n; j += 16) {
    const auto mask = static_cast<__mmask16>(n - j >= 16 ? 0xffff : (1u << (n - j)) - 1);
    const auto low = _mm512_maskz_loadu_ps(mask, first + j);
    const auto high = second == nullptr ? _mm512_setzero_ps() : _mm512_maskz_loadu_ps(mask, second + j);
    _mm512_mask_storeu_epi32(to + j, mask, pairs(low, high));
  }
#else
  throw Failure{TEXTVAE_UNSUPPORTED};
#endif
}

// At most kLanes floats without the call that a copy of unknown length is.
inline void copy_few(const float* from, float* to, int64_t n) {
#ifdef __AVX512F__
  const auto mask = static_cast<__mmask16>((1u << n) - 1);
  _mm512_mask_storeu_ps(to, mask, _mm512_maskz_loadu_ps(mask, from));
#else
  int64_t j = 0;
  for (; j + 4 <= n; j += 4) std::memcpy(to + j, from + j, 16);
  for (; j < n; ++j) std::memcpy(to + j, from + j, 4);
#endif
}

// to[k][column] = from[column][k] for four k of a few columns.
template <int columns>
void transpose_square(const float* from, int64_t ld, float* to, int64_t to_stride) {
  __m128 r[4] = {};
  for (int i = 0; i < columns; ++i) r[i] = _mm_loadu_ps(from + i * ld);
  _MM_TRANSPOSE4_PS(r[0], r[1], r[2], r[3]);
  for (int k = 0; k < 4; ++k) std::memcpy(to + k * to_stride, &r[k], columns * sizeof(float));
}

// to[k][column] = from[column][k] for at most 16 columns; the row stride of `to` is given.
inline void transpose(const float* from, int64_t ld, int64_t columns, int64_t depth, float* to, int64_t to_stride) {
#ifdef __AVX512F__
  if (columns > 1) {
    const auto stored = static_cast<__mmask16>((1u << columns) - 1);
    for (int64_t k = 0; k < depth; k += 16) {
      const int64_t steps = std::min<int64_t>(16, depth - k);
      const auto loaded = static_cast<__mmask16>((1u << steps) - 1);
      __m512 r[16], t[16];
      for (int i = 0; i < 16; ++i) {
        r[i] = i < columns ? _mm512_maskz_loadu_ps(loaded, from + i * ld + k) : _mm512_setzero_ps();
      }
      for (int i = 0; i < 16; i += 2) {
        t[i] = _mm512_unpacklo_ps(r[i], r[i + 1]);
        t[i + 1] = _mm512_unpackhi_ps(r[i], r[i + 1]);
      }
      for (int i = 0; i < 16; i += 4) {
        const auto a = (__m512d)t[i], b = (__m512d)t[i + 1], c = (__m512d)t[i + 2], d = (__m512d)t[i + 3];
        r[i] = (__m512)_mm512_unpacklo_pd(a, c);
        r[i + 1] = (__m512)_mm512_unpackhi_pd(a, c);
        r[i + 2] = (__m512)_mm512_unpacklo_pd(b, d);
        r[i + 3] = (__m512)_mm512_unpackhi_pd(b, d);
      }
      // Quarter q of r[4 g + s] holds element 4 q + s of columns 4 g .. 4 g + 3.
      for (int s = 0; s < 4; ++s) {
        const auto x = _mm512_shuffle_f32x4(r[s], r[4 + s], 0x44), y = _mm512_shuffle_f32x4(r[s], r[4 + s], 0xee);
        const auto z = _mm512_shuffle_f32x4(r[8 + s], r[12 + s], 0x44), w = _mm512_shuffle_f32x4(r[8 + s], r[12 + s], 0xee);
        const __m512 result[4] = {_mm512_shuffle_f32x4(x, z, 0x88), _mm512_shuffle_f32x4(x, z, 0xdd),
                                  _mm512_shuffle_f32x4(y, w, 0x88), _mm512_shuffle_f32x4(y, w, 0xdd)};
        for (int q = 0; q < 4; ++q) {
          if (4 * q + s < steps) _mm512_mask_storeu_ps(to + (k + 4 * q + s) * to_stride, stored, result[q]);
        }
      }
    }
    return;
  }
#endif
  int64_t k = 0;
  for (; k + 4 <= depth; k += 4) {
    int64_t j = 0;
    for (; j + 4 <= columns; j += 4) transpose_square<4>(from + j * ld + k, ld, to + k * to_stride + j, to_stride);
    const auto rest = columns - j == 3 ? transpose_square<3> : columns - j == 2 ? transpose_square<2> : transpose_square<1>;
    if (j < columns) rest(from + j * ld + k, ld, to + k * to_stride + j, to_stride);
  }
  for (; k < depth; ++k) {
    for (int64_t j = 0; j < columns; ++j) std::memcpy(to + k * to_stride + j, from + j * ld + k, 4);
  }
}

// Rows of k floats: themselves or, in bfloat16, their pairs in `scratch`; and from one row to the next.
inline std::pair<const float*, int64_t> rows_in(Precision precision, const float* from, int64_t ld, int64_t rows, int64_t k,
                                                Buffer& scratch) {
  if (precision == Precision::kFloat32) return {from, ld};
  const int64_t depth = depth_of(k, precision);
  float* const converted = scratch.at_least(rows * depth);
  for (int64_t r = 0; r < rows; ++r) pair_row(from + r * ld, converted + r * depth, k);
  return {converted, depth};
}

// One panel of op(b) [k, n] from column `first`, filled up with zeros to kPanel columns; `scratch` belongs to the caller.
inline void pack_panel(Op op, Precision precision, int64_t k, int64_t n, const float* b, int64_t ldb, int64_t first,
                       float* panel, Buffer& scratch) {
  const int64_t columns = std::min(kPanel, n - first), depth = depth_of(k, precision);
  if (columns < kPanel) std::fill_n(panel, depth * kPanel, 0.0f);
  if (op == Op::kPlain) {
    for (int64_t i = 0; i < depth; ++i) {
      if (precision == Precision::kFloat32) {
        const float* row = b + i * ldb + first;
        if (columns == kPanel) {
          std::memcpy(panel + i * kPanel, row, kPanel * sizeof(float));
        } else {
          std::copy_n(row, columns, panel + i * kPanel);
        }
      } else {
        const float* row = b + 2 * i * ldb + first;
        pair_rows(row, 2 * i + 1 < k ? row + ldb : nullptr, panel + i * kPanel, columns);
      }
    }
    return;
  }
  const auto [from, stride] = rows_in(precision, b + first * ldb, ldb, columns, k, scratch);
  for (int64_t j = 0; j < columns; j += 16) {
    transpose(from + j * stride, stride, std::min<int64_t>(16, columns - j), depth, panel + j, kPanel);
  }
}

// How m rows are cut into blocks of nearly equal size.
struct Blocks {
  int64_t m, count, most;
  explicit Blocks(int64_t m)
      : m(m), count((m + kMostRows - 1) / kMostRows), most((m + count - 1) / std::max<int64_t>(count, 1)) {}
  int64_t begin(int64_t block) const { return std::min(block * most, m); }
  int64_t size(int64_t block) const { return std::min(most, m - begin(block)); }
};

// Some blocks of rows of op(a) [m, k] as [block][k][rows], to where the first row's block begins.
inline void pack_blocks(Op op, Precision precision, const Blocks& blocks, int64_t from, int64_t to, int64_t k,
                        const float* a, int64_t lda, float* packed, Buffer& scratch) {
  const int64_t depth = depth_of(k, precision);
  constexpr int64_t kTogether = 8;  // streams written side by side while a row of a is read
  if (op == Op::kTransposed && to - from > kTogether) {
    for (int64_t block = from; block < to; block += kTogether) {
      pack_blocks(op, precision, blocks, block, std::min(block + kTogether, to), k, a, lda, packed, scratch);
    }
    return;
  }
  if (op == Op::kTransposed) {
    for (int64_t i = 0; i < depth; ++i) {
      for (int64_t block = from; block < to; ++block) {
        const int64_t first = blocks.begin(block), rows = blocks.size(block);
        float* const target = packed + first * depth + i * rows;
        if (precision == Precision::kFloat32) {
          copy_few(a + i * lda + first, target, rows);
        } else {
          const float* row = a + 2 * i * lda + first;
          pair_rows(row, 2 * i + 1 < k ? row + lda : nullptr, target, rows);
        }
      }
    }
    return;
  }
  for (int64_t block = from; block < to; ++block) {
    const int64_t first = blocks.begin(block), rows = blocks.size(block);
    const auto [source, stride] = rows_in(precision, a + first * lda, lda, rows, k, scratch);
    transpose(source, stride, rows, depth, packed + first * depth, rows);
  }
}

}  // namespace products
}  // namespace textvae
