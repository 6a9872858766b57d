// Products with int8 weights, W_oi = s_o q_oi, for rows x that are quantised as they come (Jacob et al. 2018, symmetric):
//
//   t_r = max_i |x_ri| / 127,  u_ri = round(x_ri / t_r)
//   y_ro = t_r s_o sum_i u_ri q_oi + b_o        the sum in int32, exact
//
// LibTorch's own operator (quantized::linear_dynamic) takes one t for the whole batch, so that a text would change with those
// written beside it; here a row's result depends on that row alone.
//
// Layout: panels of 16 outputs, [panel][in / 4][16][4], as the dot-product instruction (AVX512-VNNI) reads them, each followed by
// its 16 scales and 16 sums of q. The instruction multiplies unsigned by signed bytes: it is given u + 128, and 128 sum_i q_oi
// is taken off afterwards. AVX2's, which sums two products in 16 bits, is given |u| and q with u's sign.
#pragma once

#include <immintrin.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <vector>

#include "parallel.h"

namespace textvae {
namespace int8 {

constexpr int64_t kWidth = 16;  // outputs of a panel
constexpr int64_t kGroup = 4;   // neighbours along `in` that one instruction multiplies

constexpr int64_t groups_of(int64_t in) { return (in + kGroup - 1) / kGroup; }
constexpr int64_t panels_of(int64_t out) { return (out + kWidth - 1) / kWidth; }
constexpr int64_t panel_bytes(int64_t in) { return groups_of(in) * kWidth * kGroup + kWidth * (sizeof(float) + sizeof(int32_t)); }

inline void pack(const int8_t* q, const float* scale, int64_t out, int64_t in, int8_t* packed) {
  std::fill_n(packed, panels_of(out) * panel_bytes(in), int8_t{0});
  const int64_t groups = groups_of(in);
  parallel_for(0, panels_of(out), 8, [&](int64_t from, int64_t to) {
    for (int64_t p = from; p < to; ++p) {
      int8_t* const panel = packed + p * panel_bytes(in);
      float scales[kWidth] = {};
      int32_t sums[kWidth] = {};
      for (int64_t j = 0; j < std::min(kWidth, out - p * kWidth); ++j) {
        const int8_t* row = q + (p * kWidth + j) * in;
        scales[j] = scale[p * kWidth + j];
        for (int64_t k = 0; k < in; ++k) {
          panel[(k / kGroup * kWidth + j) * kGroup + k % kGroup] = row[k];
          sums[j] += row[k];
        }
      }
      std::memcpy(panel + groups * kWidth * kGroup, scales, sizeof(scales));
      std::memcpy(panel + groups * kWidth * kGroup + sizeof(scales), sums, sizeof(sums));
    }
  });
}

// Returns t; u + 128 to memory for whole groups.
inline float quantize_row(const float* x, int64_t n, uint8_t* u) {
  float most = 0;
#pragma omp simd reduction(max : most)
  for (int64_t k = 0; k < n; ++k) most = std::max(most, std::abs(x[k]));
  const float scale = most / 127;
  std::fill_n(u, groups_of(n) * kGroup, uint8_t{128});
  if (scale == 0) return 0;
#pragma omp simd
  for (int64_t k = 0; k < n; ++k) u[k] = static_cast<uint8_t>(128 + static_cast<int32_t>(std::nearbyint(x[k] / scale)));
  return scale;
}

inline int32_t four_at(const uint8_t* u) {
  int32_t four;
  std::memcpy(&four, u, sizeof(four));
  return four;
}

// Whether the processor has the instruction: a library compiled for one without it may run on one with it.
#ifdef __AVX512F__
inline const bool kDotProduct = __builtin_cpu_supports("avx512vnni");
#else
constexpr bool kDotProduct = false;
#endif

// sums[row][output of the panels]: the int32 products of a few rows, as u + 128, with a few panels.
#ifdef __AVX512F__
template <int rows, int panels>
__attribute__((target("avx512f,avx512bw,avx512vl,avx512vnni"))) void multiply_by_dot_product(
    int64_t in, const uint8_t* u, const int8_t* packed, int32_t (&sums)[rows][panels * kWidth]) {
  const int64_t groups = groups_of(in), stride = panel_bytes(in);
  __m512i sum[rows][panels];
  for (int r = 0; r < rows; ++r) {
    for (int p = 0; p < panels; ++p) sum[r][p] = _mm512_setzero_si512();
  }
  for (int64_t g = 0; g < groups; ++g) {
    __m512i weight[panels];
#pragma GCC unroll 4
    for (int p = 0; p < panels; ++p) weight[p] = _mm512_loadu_si512(packed + p * stride + g * kWidth * kGroup);
#pragma GCC unroll 4
    for (int r = 0; r < rows; ++r) {
      const __m512i factor = _mm512_set1_epi32(four_at(u + (r * groups + g) * kGroup));
#pragma GCC unroll 4
      for (int p = 0; p < panels; ++p) sum[r][p] = _mm512_dpbusd_epi32(sum[r][p], factor, weight[p]);
    }
  }
  for (int r = 0; r < rows; ++r) {
    for (int p = 0; p < panels; ++p) _mm512_storeu_si512(&sums[r][p * kWidth], sum[r][p]);
  }
}
#endif

template <int rows, int panels>
void multiply(int64_t in, const uint8_t* u, const int8_t* packed, int32_t (&sums)[rows][panels * kWidth]) {
#ifdef __AVX512F__
  if (kDotProduct) return multiply_by_dot_product<rows, panels>(in, u, packed, sums);
#endif
  const int64_t groups = groups_of(in), stride = panel_bytes(in);
  const __m256i ones = _mm256_set1_epi16(1), middle = _mm256_set1_epi8(-128);
  for (int p = 0; p < panels; ++p) {
    const auto* const panel = reinterpret_cast<const __m256i*>(packed + p * stride);  // two a group, then scales and sums of q
    __m256i sum[rows][2];
    for (int v = 0; v < 2; ++v) {
      const __m256i offset = _mm256_slli_epi32(_mm256_loadu_si256(panel + 2 * groups + 2 + v), 7);
      for (int r = 0; r < rows; ++r) sum[r][v] = offset;
    }
    for (int64_t g = 0; g < groups; ++g) {
      const __m256i weight[2] = {_mm256_loadu_si256(panel + 2 * g), _mm256_loadu_si256(panel + 2 * g + 1)};
#pragma GCC unroll 4
      for (int r = 0; r < rows; ++r) {
        const __m256i factor = _mm256_xor_si256(_mm256_set1_epi32(four_at(u + (r * groups + g) * kGroup)), middle);
        const __m256i size = _mm256_abs_epi8(factor);
#pragma GCC unroll 2
        for (int v = 0; v < 2; ++v) {
          const __m256i twos = _mm256_maddubs_epi16(size, _mm256_sign_epi8(weight[v], factor));
          sum[r][v] = _mm256_add_epi32(sum[r][v], _mm256_madd_epi16(twos, ones));
        }
      }
    }
    for (int r = 0; r < rows; ++r) {
      for (int v = 0; v < 2; ++v) _mm256_storeu_si256(reinterpret_cast<__m256i*>(&sums[r][p * kWidth]) + v, sum[r][v]);
    }
  }
}

template <int rows, int panels>
void block(int64_t in, int64_t out, const uint8_t* u, const float* t, const int8_t* packed, int64_t first, const float* bias,
           float* y) {
  int32_t sums[rows][panels * kWidth];
  multiply<rows, panels>(in, u, packed, sums);
  for (int p = 0; p < panels; ++p) {
    float scales[kWidth];
    int32_t offsets[kWidth];
    const int8_t* const end = packed + (p + 1) * panel_bytes(in) - sizeof(scales) - sizeof(offsets);
    std::memcpy(scales, end, sizeof(scales));
    std::memcpy(offsets, end + sizeof(scales), sizeof(offsets));
    const int64_t at = first + p * kWidth, width = std::min(kWidth, out - at);
    for (int r = 0; r < rows; ++r) {
      for (int64_t j = 0; j < width; ++j) {
        const float value = static_cast<float>(sums[r][p * kWidth + j] - 128 * offsets[j]) * (t[r] * scales[j]);
        y[r * out + at + j] = bias == nullptr ? value : value + bias[at + j];
      }
    }
  }
}

// y [rows, out] = x [rows, in] W^T + b; both matrices contiguous.
inline void product(int64_t rows, const float* x, int64_t in, const int8_t* packed, int64_t out, const float* bias, float* y) {
  constexpr int kRows = 4, kPanels = 4;  // 16 sums in registers
  const int64_t bytes = groups_of(in) * kGroup, panels = panels_of(out);
  thread_local std::vector<uint8_t> quantized;
  thread_local std::vector<float> scales;
  quantized.resize(rows * bytes);
  scales.resize(rows);
  for (int64_t r = 0; r < rows; ++r) scales[r] = quantize_row(x + r * in, in, quantized.data() + r * bytes);
  const uint8_t* const u = quantized.data();  // the caller's, in every thread
  const float* const t = scales.data();
  parallel_for(0, panels, 32, [&](int64_t from, int64_t to) {
    for (int64_t p = from; p < to;) {
      const bool many = to - p >= kPanels;
      const int8_t* const w = packed + p * panel_bytes(in);
      for (int64_t r = 0; r < rows;) {
        const bool several = rows - r >= kRows;
        const auto run = several ? (many ? block<kRows, kPanels> : block<kRows, 1>) : (many ? block<1, kPanels> : block<1, 1>);
        run(in, out, u + r * bytes, t + r, w, p * kWidth, bias, y + r * out);
        r += several ? kRows : 1;
      }
      p += many ? kPanels : 1;
    }
  });
}

}  // namespace int8
}  // namespace textvae
