// textvae::attention and textvae::self_attention: softmax(Q K^T / sqrt(d) + mask) V of each head (Vaswani et al. 2017,
// section 3.2) for texts of moderate length. A task is one head of one text; it goes through blocks of queries whose
// scores stay in a core's cache, and a causal mask spares the products with keys of the future. Kept for the backward
// pass are the operands, the result and each row's log sum of exponentials; the weights are computed anew
// (Dao et al. 2022, "FlashAttention", section 3.1).
//
// Queries, keys and values are taken where a joint projection leaves them, and so are their gradients. float32 on the
// CPU takes this way; everything else the composed twin, which autograd differentiates by itself.
#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <torch/csrc/autograd/custom_function.h>
#include <torch/library.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "gemm.h"
#include "random_mask.h"
#include "simd_math.h"

namespace textvae {
namespace {

using at::Tensor;

constexpr int64_t kBlock = 64;  // queries a block

struct Shape {
  int64_t batch, queries, keys, width, heads;
  bool causal;
  double dropout;
  int64_t head_width() const { return width / heads; }
  float scale() const { return 1 / std::sqrt(static_cast<float>(head_width())); }
};

// Keys that are not padding; all where no lengths are given.
Tensor composed(const Tensor& query, const Tensor& key, const Tensor& value, const Tensor& lengths, const Shape& s) {
  const auto split = [&](const Tensor& x) { return x.reshape({x.size(0), x.size(1), s.heads, -1}).transpose(1, 2); };
  Tensor scores = split(query).matmul(split(key).transpose(2, 3)) * (1 / std::sqrt(static_cast<double>(s.head_width())));
  const auto options = query.options().dtype(at::kBool);
  if (s.causal) {
    const Tensor future = at::ones({s.queries, s.keys}, options).triu(1 + s.keys - s.queries);
    scores = scores.masked_fill(future, -std::numeric_limits<double>::infinity());
  }
  if (lengths.defined()) {
    const Tensor padding = at::arange(s.keys, lengths.options()).view({1, 1, 1, -1}) >= lengths.view({-1, 1, 1, 1});
    scores = scores.masked_fill(padding, -std::numeric_limits<double>::infinity());
  }
  Tensor weights = scores.softmax(3);
  if (s.dropout > 0) weights = at::dropout(weights, s.dropout, true);
  return weights.matmul(split(value)).transpose(1, 2).reshape({s.batch, s.queries, s.width});
}

// Rows of one operand: element [b, t, j] is at data + b * batch_stride + t * row_stride + j.
template <typename T>
struct Rows {
  T* data;
  int64_t batch_stride, row_stride;
  T* head(int64_t b, int64_t h, int64_t head_width) const { return data + b * batch_stride + h * head_width; }
};

template <typename T>
Rows<T> rows_of(const Tensor& x, int64_t column) {
  return {x.data_ptr<float>() + column, x.stride(0), x.stride(1)};
}

using Constant = Rows<const float>;
using Mutable = Rows<float>;

// What both passes share: sizes, masks, and how tasks are shared out.
struct Attention {
  Shape s;
  const int64_t* lengths;  // of keys, or null
  uint64_t key;            // of the dropout mask
  Precision precision;

  int64_t key_count(int64_t b) const { return lengths == nullptr ? s.keys : std::clamp<int64_t>(lengths[b], 1, s.keys); }
  // Keys that query i sees, when `known` are not padding.
  int64_t visible(int64_t i, int64_t known) const { return s.causal ? std::min(known, i + 1 + s.keys - s.queries) : known; }

  RowMask mask(int64_t b, int64_t h, int64_t i) const {
    return {mix(key + static_cast<uint64_t>((b * s.heads + h) * s.queries + i)), s.dropout};
  }

  template <typename F>
  void for_each_head(int64_t buffers, const F& body) const {
    at::parallel_for(0, s.batch * s.heads, 1, [&](int64_t first, int64_t last) {
      std::vector<float> scratch(buffers * kBlock * s.keys);
      for (int64_t task = first; task < last; ++task) body(task / s.heads, task % s.heads, scratch.data());
    });
  }

  void forward(Constant query, Constant key_rows, Constant value, Mutable output, float* log_sums) const {
    const int64_t d = s.head_width();
    const float scale = s.scale();
    for_each_head(1, [&](int64_t b, int64_t h, float* scores) {
      const float *q = query.head(b, h, d), *k = key_rows.head(b, h, d), *v = value.head(b, h, d);
      float* out = output.head(b, h, d);
      const int64_t known = key_count(b);
      for (int64_t first = 0; first < s.queries; first += kBlock) {
        const int64_t count = std::min(kBlock, s.queries - first), seen = visible(first + count - 1, known);
        gemm(Op::kPlain, Op::kTransposed, count, seen, d, q + first * query.row_stride, query.row_stride, k,
             key_rows.row_stride, Addend::nothing(), scores, seen, precision);
        for (int64_t r = 0; r < count; ++r) {
          const int64_t i = first + r;
          float* row = scores + r * seen;
          const float log_sum = softmax(row, visible(i, known), seen, scale);
          if (log_sums != nullptr) log_sums[(b * s.heads + h) * s.queries + i] = log_sum;
          if (s.dropout > 0) drop(row, mask(b, h, i), seen);
        }
        gemm(Op::kPlain, Op::kPlain, count, d, seen, scores, seen, v, value.row_stride, Addend::nothing(),
             out + first * output.row_stride, output.row_stride, precision);
      }
    });
  }

  void backward(Constant query, Constant key_rows, Constant value, Constant output, Constant d_output,
                const float* log_sums, Mutable d_query, Mutable d_key, Mutable d_value) const {
    const int64_t d = s.head_width();
    const float scale = s.scale();
    for_each_head(3, [&](int64_t b, int64_t h, float* scratch) {
      const float *q = query.head(b, h, d), *k = key_rows.head(b, h, d), *v = value.head(b, h, d);
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
        gemm(Op::kPlain, Op::kTransposed, count, seen, d, q_block, query.row_stride, k, key_rows.row_stride,
             Addend::nothing(), weights, seen, precision);
        gemm(Op::kPlain, Op::kTransposed, count, seen, d, upstream, d_output.row_stride, v, value.row_stride,
             Addend::nothing(), d_weights, seen, precision);
        for (int64_t r = 0; r < count; ++r) {
          const int64_t i = first + r;
          // sum_j w_ij dL/dw_ij, which is the same as the product of the row's result and its gradient.
          float dot = 0;
          const float *o = out + i * output.row_stride, *g = d_out + i * d_output.row_stride;
#pragma omp simd reduction(+ : dot)
          for (int64_t j = 0; j < d; ++j) dot += o[j] * g[j];
          differentiate(weights + r * seen, s.dropout > 0 ? dropped + r * seen : nullptr, d_weights + r * seen,
                        mask(b, h, i), visible(i, known), seen, scale, log_sums[(b * s.heads + h) * s.queries + i], dot);
        }
        gemm(Op::kTransposed, Op::kPlain, seen, d, count, s.dropout > 0 ? dropped : weights, seen, upstream,
             d_output.row_stride, Addend::matrix(dv, d_value.row_stride), dv, d_value.row_stride, precision);
        gemm(Op::kPlain, Op::kPlain, count, d, seen, d_weights, seen, k, key_rows.row_stride, Addend::nothing(),
             dq + first * d_query.row_stride, d_query.row_stride, precision);
        gemm(Op::kTransposed, Op::kPlain, seen, d, count, d_weights, seen, q_block, query.row_stride,
             Addend::matrix(dk, d_key.row_stride), dk, d_key.row_stride, precision);
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
  static void differentiate(float* __restrict row, float* __restrict dropped, float* __restrict d_row, const RowMask mask,
                            int64_t visible, int64_t width, float scale, float log_sum, float dot) {
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

// Operands as columns of one or two tensors: self-attention has all in the first, [batch, time, 3 width]; otherwise
// the first is the query, [batch, query, width], and the second key and value, [batch, key, 2 width].
struct Operands {
  Tensor first, second;
  int64_t width;
  bool self() const { return !second.defined(); }
  template <typename T>
  Rows<T> query() const { return rows_of<T>(first, 0); }
  template <typename T>
  Rows<T> key() const { return rows_of<T>(self() ? first : second, self() ? width : 0); }
  template <typename T>
  Rows<T> value() const { return rows_of<T>(self() ? first : second, self() ? 2 * width : width); }
};

const int64_t* lengths_of(const Tensor& lengths) { return lengths.numel() == 0 ? nullptr : lengths.data_ptr<int64_t>(); }

Tensor forward(const Attention& attention, const Operands& x, float* log_sums) {
  const Shape& s = attention.s;
  const Tensor output = at::empty({s.batch, s.queries, s.width}, x.first.options());
  attention.forward(x.query<const float>(), x.key<const float>(), x.value<const float>(), rows_of<float>(output, 0), log_sums);
  return output;
}

// second is empty for self-attention, lengths where there are none.
struct AttentionFunction : torch::autograd::Function<AttentionFunction> {
  using Variables = torch::autograd::variable_list;
  using Context = torch::autograd::AutogradContext;

  static Tensor forward(Context* ctx, const Tensor& first, const Tensor& second, const Tensor& lengths, int64_t heads,
                        bool causal, double dropout, int64_t key) {
    const bool self = second.numel() == 0;
    const int64_t width = self ? first.size(2) / 3 : first.size(2);
    const Shape s{first.size(0), first.size(1), self ? first.size(1) : second.size(1), width, heads, causal, dropout};
    const Attention attention{s, lengths_of(lengths), static_cast<uint64_t>(key), matmul_precision()};
    const Tensor log_sums = at::empty({s.batch, heads, s.queries}, first.options());
    const Tensor output = textvae::forward(attention, {first, self ? Tensor() : second, width}, log_sums.data_ptr<float>());
    ctx->save_for_backward({first, second, lengths, output, log_sums});
    ctx->saved_data["heads"] = heads;
    ctx->saved_data["causal"] = causal;
    ctx->saved_data["dropout"] = dropout;
    ctx->saved_data["key"] = key;
    ctx->saved_data["precision"] = static_cast<int64_t>(attention.precision);
    return output;
  }

  static Variables backward(Context* ctx, Variables upstream) {
    TORCH_CHECK(!at::GradMode::is_enabled(), "attention: float32 has no second derivative; use float64");
    const auto saved = ctx->get_saved_variables();
    const Tensor &first = saved[0], &second = saved[1], &output = saved[3];
    const bool self = second.numel() == 0;
    const Shape s{first.size(0), first.size(1), self ? first.size(1) : second.size(1), output.size(2),
                  ctx->saved_data["heads"].toInt(), ctx->saved_data["causal"].toBool(), ctx->saved_data["dropout"].toDouble()};
    const Attention attention{s, lengths_of(saved[2]), static_cast<uint64_t>(ctx->saved_data["key"].toInt()),
                              static_cast<Precision>(ctx->saved_data["precision"].toInt())};
    const Tensor d_output = upstream[0].contiguous();
    const Operands x{first, self ? Tensor() : second, s.width};
    const Operands d{at::empty(first.sizes(), first.options()), self ? Tensor() : at::empty(second.sizes(), second.options()), s.width};
    attention.backward(x.query<const float>(), x.key<const float>(), x.value<const float>(), rows_of<const float>(output, 0),
                       rows_of<const float>(d_output, 0), saved[4].data_ptr<float>(), d.query<float>(), d.key<float>(),
                       d.value<float>());
    return {d.first, d.second, Tensor(), Tensor(), Tensor(), Tensor(), Tensor()};
  }
};

Tensor apply(const Tensor& first, const Tensor& second, const Tensor& lengths, const Shape& s) {
  const Tensor a = first.stride(2) == 1 ? first : first.contiguous();
  const Tensor b = second.defined() && second.stride(2) != 1 ? second.contiguous() : second;
  const Tensor l = lengths.defined() ? lengths.contiguous() : at::empty({0}, first.options().dtype(at::kLong));
  const uint64_t key = s.dropout > 0 ? draw_key() : 0;
  if (!at::GradMode::is_enabled() || !(a.requires_grad() || (b.defined() && b.requires_grad()))) {
    return forward({s, lengths_of(l), key, matmul_precision()}, {a, b, s.width}, nullptr);
  }
  return AttentionFunction::apply(a, b.defined() ? b : at::empty({0}, a.options()), l, s.heads, s.causal, s.dropout,
                                  static_cast<int64_t>(key));
}

void check(const Shape& s, const Tensor& lengths) {
  TORCH_CHECK(s.heads > 0 && s.width % s.heads == 0, "attention: ", s.heads, " heads do not divide the width ", s.width);
  TORCH_CHECK(!s.causal || s.keys >= s.queries, "attention: causal with ", s.queries, " queries but only ", s.keys, " keys");
  TORCH_CHECK(s.dropout >= 0 && s.dropout < 1, "attention: dropout must be in [0, 1), got ", s.dropout);
  TORCH_CHECK(!lengths.defined() || (lengths.dim() == 1 && lengths.size(0) == s.batch && lengths.scalar_type() == at::kLong),
              "attention: key lengths must be int64 [", s.batch, "], got ", lengths.scalar_type(), " ", lengths.sizes());
}

bool is_fast(const Tensor& x, const Shape& s) {
  return x.is_cpu() && x.scalar_type() == at::kFloat && s.batch > 0 && s.queries > 0 && s.keys > 0;
}

Tensor attention(const Tensor& query, const Tensor& key_value, int64_t heads, bool causal,
                 const c10::optional<Tensor>& key_lengths, double dropout) {
  TORCH_CHECK(query.dim() == 3 && key_value.dim() == 3 && query.size(0) == key_value.size(0) &&
                  key_value.size(2) == 2 * query.size(2) && query.scalar_type() == key_value.scalar_type(),
              "attention: query must be [batch, query, width] and key_value [batch, key, 2 width] of one type, got ",
              query.sizes(), " and ", key_value.sizes());
  const Tensor lengths = key_lengths.value_or(Tensor());
  const Shape s{query.size(0), query.size(1), key_value.size(1), query.size(2), heads, causal, dropout};
  check(s, lengths);
  if (is_fast(query, s)) return apply(query, key_value, lengths, s);
  const auto parts = key_value.chunk(2, 2);
  return composed(query, parts[0], parts[1], lengths, s);
}

Tensor self_attention(const Tensor& query_key_value, int64_t heads, bool causal,
                      const c10::optional<Tensor>& key_lengths, double dropout) {
  TORCH_CHECK(query_key_value.dim() == 3 && query_key_value.size(2) % 3 == 0,
              "self_attention: query_key_value must be [batch, time, 3 width], got ", query_key_value.sizes());
  const Tensor lengths = key_lengths.value_or(Tensor());
  const int64_t time = query_key_value.size(1);
  const Shape s{query_key_value.size(0), time, time, query_key_value.size(2) / 3, heads, causal, dropout};
  check(s, lengths);
  if (is_fast(query_key_value, s)) return apply(query_key_value, Tensor(), lengths, s);
  const auto parts = query_key_value.chunk(3, 2);
  return composed(parts[0], parts[1], parts[2], lengths, s);
}

}  // namespace
}  // namespace textvae

TORCH_LIBRARY_FRAGMENT(textvae, m) {
  m.def("attention(Tensor query, Tensor key_value, int heads, bool causal, Tensor? key_lengths=None, float dropout=0) -> Tensor",
        &textvae::attention);
  m.def("self_attention(Tensor query_key_value, int heads, bool causal, Tensor? key_lengths=None, float dropout=0) -> Tensor",
        &textvae::self_attention);
}
