// textvae::transformer_step: the next token of each text through all blocks of a pre-norm Transformer, without
// gradients: one query against the cache of keys and values, weights prepared by pack_weight, nothing allocated.
//
// Weights are listed block by block, in the order in which they are used:
//   norm, norm bias;  query-key-value, bias;  output, bias
//   with an encoded text: norm, norm bias;  query, bias;  output, bias
//   norm, norm bias;  expand, bias;  contract, bias
// and last the norm above all blocks. A row's result does not depend on the rows beside it.
#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <torch/library.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "gelu.h"
#include "gemm.h"
#include "simd_math.h"

namespace textvae {
namespace {

using at::Tensor;

constexpr int64_t kGrain = 1 << 15;  // multiply-adds below which another thread gains nothing
constexpr int64_t kFewestTexts = 4;  // of a thread that goes its own way: it reads all weights for them

const float* floats(const Tensor& t, int64_t size) {
  TORCH_CHECK(t.is_cpu() && t.scalar_type() == at::kFloat && t.is_contiguous() && t.numel() == size,
              "transformer_step: needs ", size, " contiguous float32 numbers, got ", t.scalar_type(), " ", t.sizes());
  return t.data_ptr<float>();
}

// Reads the weights in their order.
class Reader {
 public:
  explicit Reader(at::TensorList list) : list_(list) {}
  bool done() const { return next_ == list_.size(); }
  const Tensor& take() {
    TORCH_CHECK(next_ < list_.size(), "transformer_step: ", list_.size(), " weights are too few");
    return list_[next_++];
  }

  void normalise(const float* x, float* y, int64_t rows, int64_t width) {
    constexpr float kEpsilon = 1e-5f;
    const float *scale = floats(take(), width), *shift = floats(take(), width);
    for (int64_t r = 0; r < rows; ++r) {
      const float* from = x + r * width;
      float* to = y + r * width;
      float sum = 0, squares = 0;
#pragma omp simd reduction(+ : sum)
      for (int64_t j = 0; j < width; ++j) sum += from[j];
      const float mean = sum / width;
#pragma omp simd reduction(+ : squares)
      for (int64_t j = 0; j < width; ++j) squares += (from[j] - mean) * (from[j] - mean);
      const float inverse = 1 / std::sqrt(squares / width + kEpsilon);
#pragma omp simd
      for (int64_t j = 0; j < width; ++j) to[j] = (from[j] - mean) * inverse * scale[j] + shift[j];
    }
  }

  // Outputs of the linear layer that comes next.
  int64_t next_width() const {
    TORCH_CHECK(next_ + 1 < list_.size(), "transformer_step: ", list_.size(), " weights are too few");
    return list_[next_ + 1].numel();
  }

  // y [rows, out] = x [rows, in] W^T + b, added to what is there or instead of it.
  void linear(const float* x, float* y, int64_t rows, int64_t in, int64_t out, bool add) {
    const Tensor& packed = take();
    const Tensor& bias = take();
    const PackedView w(static_cast<const float*>(packed.data_ptr()), in, out,
                       packed.scalar_type() == at::kBFloat16 ? Precision::kBFloat16 : Precision::kFloat32);
    TORCH_CHECK(w.size() * 4 == static_cast<int64_t>(packed.nbytes()), "transformer_step: the packed weight ",
                packed.sizes(), " is not one of [", out, ", ", in, "]");
    const float* b = floats(bias, out);
    for (int64_t r = 0; r < rows && add; ++r) {
      float* __restrict row = y + r * out;
#pragma omp simd
      for (int64_t j = 0; j < out; ++j) row[j] += b[j];
    }
    product(Op::kPlain, rows, x, in, w, add ? Addend::matrix(y, out) : Addend::row(b), y, out);
  }

 private:
  at::TensorList list_;
  size_t next_ = 0;
};

// Keys of some texts and, at the same places, values: of text b, head h and place t at b * text + h * head + t * row.
struct KeysValues {
  const float *keys, *values;
  int64_t text, head, row;
};

using products::kLanes;
using products::load;
using products::store;
using products::Vector;

float total(Vector v) {
#ifdef __AVX512F__
  return _mm512_reduce_add_ps((__m512)v);
#else
  float sum = 0;
  for (int i = 0; i < kLanes; ++i) sum += v[i];
  return sum;
#endif
}

// q k, in vectors as far as they go.
float dot(const float* q, const float* k, int64_t d) {
  Vector sum = {};
  int64_t j = 0;
  for (; j + kLanes <= d; j += kLanes) sum += load(q + j) * load(k + j);
  float result = total(sum);
  for (; j < d; ++j) result += q[j] * k[j];
  return result;
}

// sum_t weights[t] rows[t], `vectors` columns of registers wide.
template <int vectors>
void mix(const float* weights, const float* rows, int64_t stride, int64_t count, float* to) {
  Vector sum[vectors] = {};
  for (int64_t t = 0; t < count; ++t) {
    for (int v = 0; v < vectors; ++v) sum[v] += weights[t] * load(rows + t * stride + v * kLanes);
  }
  for (int v = 0; v < vectors; ++v) store(sum[v], to + v * kLanes);
}

// One query of each text and head.
void attend(const float* query, int64_t query_stride, const KeysValues& past, const int64_t* lengths, int64_t length,
            int64_t batch, int64_t width, int64_t heads, float* output) {
  const int64_t d = width / heads;
  const float scale = 1 / std::sqrt(static_cast<float>(d));
  at::parallel_for(0, batch * heads, std::max<int64_t>(1, kGrain / (2 * length * d)), [&](int64_t first, int64_t last) {
    thread_local products::Buffer memory;
    float* __restrict weights = memory.at_least(length);
    for (int64_t task = first; task < last; ++task) {
      const int64_t b = task / heads, h = task % heads;
      const int64_t count = lengths == nullptr ? length : std::clamp<int64_t>(lengths[b], 1, length);
      const float* q = query + b * query_stride + h * d;
      const float *keys = past.keys + b * past.text + h * past.head, *values = past.values + b * past.text + h * past.head;
      float maximum = -std::numeric_limits<float>::infinity();
      for (int64_t t = 0; t < count; ++t) {
        weights[t] = dot(q, keys + t * past.row, d) * scale;
        maximum = std::max(maximum, weights[t]);
      }
      float sum = 0;
#pragma omp simd reduction(+ : sum)
      for (int64_t t = 0; t < count; ++t) {
        weights[t] = fast_exp(weights[t] - maximum);
        sum += weights[t];
      }
      const float inverse = 1 / sum;
#pragma omp simd
      for (int64_t t = 0; t < count; ++t) weights[t] *= inverse;
      float* __restrict out = output + b * width + h * d;
      int64_t j = 0;
      for (; j + 4 * kLanes <= d; j += 4 * kLanes) mix<4>(weights, values + j, past.row, count, out + j);
      for (; j + kLanes <= d; j += kLanes) mix<1>(weights, values + j, past.row, count, out + j);
      for (; j < d; ++j) {
        float mixed = 0;
        for (int64_t t = 0; t < count; ++t) mixed += weights[t] * values[t * past.row + j];
        out[j] = mixed;
      }
    }
  });
}

// One token of some texts through all blocks. Every thread has texts of its own and so never waits for another; only
// where texts are few does the caller go alone, and the threads share out each product.
struct Step {
  at::TensorList weights, caches, sources;
  const int64_t* source_lengths;
  int64_t place, width, heads;

  void run(float* x, int64_t first, int64_t batch) const {
    const int64_t d = width / heads;
    thread_local products::Buffer normal_memory, joint_memory, mixed_memory, inner_memory;
    float* const normal = normal_memory.at_least(batch * width);
    float* const joint = joint_memory.at_least(batch * 3 * width);
    float* const mixed = mixed_memory.at_least(batch * width);
    Reader reader(weights);
    for (size_t layer = 0; layer < caches.size(); ++layer) {
      const int64_t capacity = caches[layer].size(2), head = capacity * d, text = 2 * heads * head;
      float* const past = caches[layer].data_ptr<float>() + first * text;
      reader.normalise(x, normal, batch, width);
      reader.linear(normal, joint, batch, width, 3 * width, false);
      for (int64_t b = 0; b < batch; ++b) {
        const float* const key_value = joint + b * 3 * width + width;
        for (int64_t h = 0; h < 2 * heads; ++h) std::copy_n(key_value + h * d, d, past + b * text + h * head + place * d);
      }
      attend(joint, 3 * width, {past, past + heads * head, text, head, d}, nullptr, place + 1, batch, width, heads, mixed);
      reader.linear(mixed, x, batch, width, width, true);

      if (!sources.empty()) {
        const int64_t length = sources[layer].size(1), row = 2 * width;
        const float* const source = sources[layer].data_ptr<float>() + first * length * row;
        reader.normalise(x, normal, batch, width);
        reader.linear(normal, joint, batch, width, width, false);
        attend(joint, width, {source, source + width, length * row, d, row}, source_lengths + first, length, batch, width, heads,
               mixed);
        reader.linear(mixed, x, batch, width, width, true);
      }

      reader.normalise(x, normal, batch, width);
      const int64_t inner = reader.next_width();
      float* const hidden = inner_memory.at_least(batch * inner);
      reader.linear(normal, hidden, batch, width, inner, false);
#pragma omp simd
      for (int64_t i = 0; i < batch * inner; ++i) hidden[i] = gelu(hidden[i]);
      reader.linear(hidden, x, batch, inner, width, true);
    }
    reader.normalise(x, x, batch, width);
    TORCH_CHECK(reader.done(), "transformer_step: ", weights.size(), " weights are too many");
  }
};

void transformer_step(const Tensor& input, at::TensorList weights, at::TensorList caches, int64_t place,
                      at::TensorList sources, const c10::optional<Tensor>& source_lengths, int64_t heads) {
  TORCH_CHECK(input.dim() == 2, "transformer_step: input must be [batch, width], got ", input.sizes());
  const int64_t batch = input.size(0), width = input.size(1);
  TORCH_CHECK(heads > 0 && width % heads == 0, "transformer_step: ", heads, " heads do not divide the width ", width);
  TORCH_CHECK(sources.empty() || (sources.size() == caches.size() && source_lengths.has_value()),
              "transformer_step: ", sources.size(), " encoded texts for ", caches.size(), " blocks");
  if (batch == 0) return;
  floats(input, batch * width);
  float* const x = input.data_ptr<float>();
  const Tensor lengths = source_lengths.has_value() ? source_lengths->contiguous() : Tensor();
  TORCH_CHECK(!lengths.defined() || (lengths.numel() == batch && lengths.scalar_type() == at::kLong),
              "transformer_step: source lengths must be int64 [", batch, "], got ", lengths.sizes());
  for (size_t layer = 0; layer < caches.size(); ++layer) {
    const Tensor& cache = caches[layer];
    TORCH_CHECK(cache.dim() == 4 && cache.size(0) == batch && cache.size(1) == 2 * heads && cache.size(2) > place &&
                    cache.size(3) == width / heads,
                "transformer_step: the cache must be [", batch, ", ", 2 * heads, ", more than ", place, ", ", width / heads,
                "], got ", cache.sizes());
    floats(cache, cache.numel());
    if (sources.empty()) continue;
    const Tensor& source = sources[layer];
    TORCH_CHECK(source.dim() == 3, "transformer_step: an encoded text must be [batch, source, 2 width], got ", source.sizes());
    floats(source, batch * source.size(1) * 2 * width);
  }
  const Step step{weights, caches, sources, lengths.defined() ? lengths.data_ptr<int64_t>() : nullptr, place, width, heads};
  const int64_t threads = products::threads();
  if (batch < kFewestTexts * threads) return step.run(x, 0, batch);
  at::parallel_for(0, threads, 1, [&](int64_t from, int64_t to) {
    const int64_t first = batch * from / threads, last = batch * to / threads;
    step.run(x + first * width, first, last - first);
  });
}

}  // namespace
}  // namespace textvae

TORCH_LIBRARY_FRAGMENT(textvae, m) {
  m.def(
      "transformer_step(Tensor(a!) input, Tensor[] weights, Tensor[] caches, int place, Tensor[] sources, "
      "Tensor? source_lengths, int heads) -> ()",
      &textvae::transformer_step);
}
