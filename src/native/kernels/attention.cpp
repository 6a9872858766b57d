// Attention, softmax(Q K^T / sqrt(d) + mask) V of each head (Vaswani et al. 2017, section 3.2), for texts of moderate length. A task is one
// head of one text; it goes through blocks of queries whose scores stay in a core's cache, and a causal mask spares the products with keys
// of the future. Kept for the backward pass are the operands, the result and each row's log sum of exponentials; the weights are computed
// anew (Dao et al. 2022, "FlashAttention", section 3.1).
//
// Queries, keys and values are taken where a joint projection leaves them, and so are their gradients.
#include <algorithm>
#include <cmath>
#include <limits>

#include "gemm/gemm.h"
#include "gemm/simd_math.h"
#include "random_mask.h"
#include "parallel.h"

namespace textvae {
namespace {

constexpr int64_t kBlock = 64;  // queries a block

struct Rows : textvae_rows {
  Rows(const textvae_rows* rows) : textvae_rows(*rows) {}
  float* head(int64_t b, int64_t h, int64_t head_width) const { return data + b * batch_stride + h * head_width; }
};

struct Attention {
  textvae_attention_shape s;
  const int64_t* lengths;  // of keys, or null
  Precision precision;

  int64_t head_width() const { return s.width / s.heads; }
  float scale() const { return 1 / std::sqrt(static_cast<float>(head_width())); }
  // Keys that are not padding.
  int64_t key_count(int64_t b) const { return lengths == nullptr ? s.keys : std::clamp<int64_t>(lengths[b], 1, s.keys); }
  // Keys that query i sees, when `known` are not padding.
  int64_t visible(int64_t i, int64_t known) const { return s.causal ? std::min(known, i + 1 + s.keys - s.queries) : known; }

  RowMask mask(int64_t b, int64_t h, int64_t i) const {
    return {mix(s.key + static_cast<uint64_t>((b * s.heads + h) * s.queries + i)), s.dropout};
  }

  // Calls body(text, head, memory for so many blocks of scores).
  template <typename F>
  void for_each_head(int64_t buffers, const F& body) const {
    parallel_for(0, s.batch * s.heads, 1, [&](int64_t first, int64_t last) {
      thread_local products::Buffer memory;
      float* const scratch = memory.at_least(buffers * kBlock * s.keys);
      for (int64_t task = first; task < last; ++task) body(task / s.heads, task % s.heads, scratch);
    });
  }

  void forward(const Rows& query, const Rows& key, const Rows& value, const Rows& output, float* log_sums) const {
    const int64_t d = head_width();
    const float scale = this->scale();
    for_each_head(1, [&](int64_t b, int64_t h, float* scores) {
      const float *q = query.head(b, h, d), *k = key.head(b, h, d), *v = value.head(b, h, d);
      float* out = output.head(b, h, d);
      const int64_t known = key_count(b);
      for (int64_t first = 0; first < s.queries; first += kBlock) {
        const int64_t count = std::min(kBlock, s.queries - first), seen = visible(first + count - 1, known);
        gemm(Op::kPlain, Op::kTransposed, count, seen, d, q + first * query.row_stride, query.row_stride, k, key.row_stride,
             Addend::nothing(), scores, seen, precision);
        for (int64_t r = 0; r < count; ++r) {
          const int64_t i = first + r;
          float* row = scores + r * seen;
          const float log_sum = softmax(row, visible(i, known), seen, scale);
          if (log_sums != nullptr) log_sums[(b * s.heads + h) * s.queries + i] = log_sum;
          if (s.dropout > 0) drop(row, mask(b, h, i), seen);
        }
        gemm(Op::kPlain, Op::kPlain, count, d, seen, scores, seen, v, value.row_stride, Addend::nothing(), out + first * output.row_stride,
             output.row_stride, precision);
      }
    });
  }

  void backward(const Rows& query, const Rows& key, const Rows& value, const Rows& output, const Rows& d_output, const float* log_sums,
                const Rows& d_query, const Rows& d_key, const Rows& d_value) const {
    const int64_t d = head_width();
    const float scale = this->scale();
    for_each_head(3, [&](int64_t b, int64_t h, float* scratch) {
      const float *q = query.head(b, h, d), *k = key.head(b, h, d), *v = value.head(b, h, d);
      const float *out = output.head(b, h, d), *d_out = d_output.head(b, h, d);
      float *dq = d_query.head(b, h, d), *dk = d_key.head(b, h, d), *dv = d_value.head(b, h, d);
      float *weights = scratch, *dropped = weights + kBlock * s.keys, *d_weights = dropped + kBlock * s.keys;
      const int64_t known = key_count(b);
      for (int64_t j = 0; j < s.keys; ++j) {
        std::fill_n(dk + j * d_key.row_stride, d, 0.0f);
        std::fill_n(dv + j * d_value.row_stride, d, 0.0f);
      }
      for (int64_t first = 0; first < s.queries; first += kBlock) {
        const int64_t count = std::min(kBlock, s.queries - first), seen = visible(first + count - 1, known);
        const float *q_block = q + first * query.row_stride, *upstream = d_out + first * d_output.row_stride;
        gemm(Op::kPlain, Op::kTransposed, count, seen, d, q_block, query.row_stride, k, key.row_stride, Addend::nothing(), weights, seen,
             precision);
        gemm(Op::kPlain, Op::kTransposed, count, seen, d, upstream, d_output.row_stride, v, value.row_stride, Addend::nothing(), d_weights,
             seen, precision);
        for (int64_t r = 0; r < count; ++r) {
          const int64_t i = first + r;
          // sum_j w_ij dL/dw_ij, which is the same as the product of the row's result and its gradient.
          float dot = 0;
          const float *o = out + i * output.row_stride, *g = d_out + i * d_output.row_stride;
#pragma omp simd reduction(+ : dot)
          for (int64_t j = 0; j < d; ++j) dot += o[j] * g[j];
          differentiate(weights + r * seen, s.dropout > 0 ? dropped + r * seen : nullptr, d_weights + r * seen, mask(b, h, i),
                        visible(i, known), seen, scale, log_sums[(b * s.heads + h) * s.queries + i], dot);
        }
        gemm(Op::kTransposed, Op::kPlain, seen, d, count, s.dropout > 0 ? dropped : weights, seen, upstream, d_output.row_stride,
             Addend::matrix(dv, d_value.row_stride), dv, d_value.row_stride, precision);
        gemm(Op::kPlain, Op::kPlain, count, d, seen, d_weights, seen, k, key.row_stride, Addend::nothing(), dq + first * d_query.row_stride,
             d_query.row_stride, precision);
        gemm(Op::kTransposed, Op::kPlain, seen, d, count, d_weights, seen, q_block, query.row_stride, Addend::matrix(dk, d_key.row_stride),
             dk, d_key.row_stride, precision);
      }
    });
  }

  // Scores to weights in place, 0 from `visible` on; returns log sum_j e^(scale score_j).
  static float softmax(float* __restrict row, int64_t visible, int64_t width, float scale) {
    float maximum = -std::numeric_limits<float>::infinity();
#pragma omp simd reduction(max : maximum)
    for (int64_t j = 0; j < visible; ++j) maximum = row[j] > maximum ? row[j] : maximum;
    float sum = 0;
#pragma omp simd reduction(+ : sum)
    for (int64_t j = 0; j < visible; ++j) {
      row[j] = fast_exp((row[j] - maximum) * scale);
      sum += row[j];
    }
    const float inverse = 1 / sum;
#pragma omp simd
    for (int64_t j = 0; j < visible; ++j) row[j] *= inverse;
    std::fill(row + visible, row + width, 0.0f);
    return maximum * scale + std::log(sum);
  }

  static void drop(float* __restrict row, const RowMask mask, int64_t width) {
#pragma omp simd
    for (int64_t j = 0; j < width; ++j) row[j] *= mask(j);
  }

  // Scores to weights w, those after dropout, and gradients of the weights to gradients of q k^T:
  //   w = e^(scale score - log sum),   ds = scale w (m dw - dot),   m the mask's factor.
  static void differentiate(float* __restrict row, float* __restrict dropped, float* __restrict d_row, const RowMask mask, int64_t visible,
                            int64_t width, float scale, float log_sum, float dot) {
    if (dropped == nullptr) {
#pragma omp simd
      for (int64_t j = 0; j < visible; ++j) {
        row[j] = fast_exp(row[j] * scale - log_sum);
        d_row[j] = scale * row[j] * (d_row[j] - dot);
      }
    } else {
#pragma omp simd
      for (int64_t j = 0; j < visible; ++j) {
        const float weight = fast_exp(row[j] * scale - log_sum), factor = mask(j);
        dropped[j] = weight * factor;
        d_row[j] = scale * weight * (d_row[j] * factor - dot);
      }
      std::fill(dropped + visible, dropped + width, 0.0f);
    }
    std::fill(row + visible, row + width, 0.0f);
    std::fill(d_row + visible, d_row + width, 0.0f);
  }
};

}  // namespace
}  // namespace textvae

using namespace textvae;

int32_t textvae_attention_forward(int32_t threads, int32_t precision, const textvae_attention_shape* shape, const int64_t* key_lengths,
                                  const textvae_rows* query, const textvae_rows* key, const textvae_rows* value, const textvae_rows* output,
                                  float* log_sums) {
  return guarded(threads, [&] {
    Attention{*shape, key_lengths, precision_of(precision)}.forward(query, key, value, output, log_sums);
  });
}

int32_t textvae_attention_backward(int32_t threads, int32_t precision, const textvae_attention_shape* shape, const int64_t* key_lengths,
                                   const textvae_rows* query, const textvae_rows* key, const textvae_rows* value,
                                   const textvae_rows* output, const textvae_rows* d_output, const float* log_sums,
                                   const textvae_rows* d_query, const textvae_rows* d_key, const textvae_rows* d_value) {
  return guarded(threads, [&] {
    Attention{*shape, key_lengths, precision_of(precision)}.backward(query, key, value, output, d_output, log_sums, d_query, d_key,
                                                                     d_value);
  });
}
