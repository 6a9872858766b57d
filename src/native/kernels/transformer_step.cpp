// The next token of each text through all blocks of a pre-norm Transformer, without gradients: one query against the cache of keys and
// values, weights prepared by textvae_pack, nothing allocated. A row's result does not depend on the rows beside it.
#include <algorithm>
#include <cmath>
#include <limits>

#include "gelu.h"
#include "gemm/gemm.h"
#include "gemm/simd_math.h"
#include "parallel.h"

namespace textvae {
namespace {

constexpr int64_t kGrain = 1 << 15;  // multiply-adds below which another thread gains nothing
constexpr int64_t kFewestTexts = 4;  // of a thread that goes its own way: it reads all weights for them

// Reads the weights in their order.
class Reader {
 public:
  Reader(const void* const* weights, Precision precision) : next_(weights), precision_(precision) {}

  void normalise(const float* x, float* y, int64_t rows, int64_t width) {
    constexpr float kEpsilon = 1e-5f;
    const float *scale = take(), *shift = take();
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

  // y [rows, out] = x [rows, in] W^T + b, added to what is there or instead of it.
  void linear(const float* x, float* y, int64_t rows, int64_t in, int64_t out, bool add) {
    const PackedView w(take(), in, out, precision_);
    const float* b = take();
    for (int64_t r = 0; r < rows && add; ++r) {
      float* __restrict row = y + r * out;
#pragma omp simd
      for (int64_t j = 0; j < out; ++j) row[j] += b[j];
    }
    product(Op::kPlain, rows, x, in, w, add ? Addend::matrix(y, out) : Addend::row(b), y, out);
  }

 private:
  const float* take() { return static_cast<const float*>(*next_++); }

  const void* const* next_;
  Precision precision_;
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
  parallel_for(0, batch * heads, std::max<int64_t>(1, kGrain / (2 * length * d)), [&](int64_t first, int64_t last) {
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

// One token of some texts through all blocks. Every thread has texts of its own and so never waits for another; only where texts are few
// does the caller go alone, and the threads share out each product.
void run(const textvae_transformer& m, Precision precision, float* x, int64_t first, int64_t batch) {
  const int64_t width = m.width, heads = m.heads, d = width / heads;
  thread_local products::Buffer normal_memory, joint_memory, mixed_memory, inner_memory;
  float* const normal = normal_memory.at_least(batch * width);
  float* const joint = joint_memory.at_least(batch * 3 * width);
  float* const mixed = mixed_memory.at_least(batch * width);
  float* const hidden = inner_memory.at_least(batch * m.inner);
  Reader reader(m.weights, precision);
  for (int64_t layer = 0; layer < m.layers; ++layer) {
    const int64_t head = m.capacities[layer] * d, text = 2 * heads * head;
    float* const past = m.caches[layer] + first * text;
    reader.normalise(x, normal, batch, width);
    reader.linear(normal, joint, batch, width, 3 * width, false);
    for (int64_t b = 0; b < batch; ++b) {
      const float* const key_value = joint + b * 3 * width + width;
      for (int64_t h = 0; h < 2 * heads; ++h) std::copy_n(key_value + h * d, d, past + b * text + h * head + m.place * d);
    }
    attend(joint, 3 * width, {past, past + heads * head, text, head, d}, nullptr, m.place + 1, batch, width, heads, mixed);
    reader.linear(mixed, x, batch, width, width, true);

    if (m.sources != nullptr) {
      const int64_t length = m.source_time, row = 2 * width;
      const float* const source = m.sources[layer] + first * length * row;
      reader.normalise(x, normal, batch, width);
      reader.linear(normal, joint, batch, width, width, false);
      attend(joint, width, {source, source + width, length * row, d, row},
             m.source_lengths == nullptr ? nullptr : m.source_lengths + first, length, batch, width, heads, mixed);
      reader.linear(mixed, x, batch, width, width, true);
    }

    reader.normalise(x, normal, batch, width);
    reader.linear(normal, hidden, batch, width, m.inner, false);
#pragma omp simd
    for (int64_t i = 0; i < batch * m.inner; ++i) hidden[i] = gelu(hidden[i]);
    reader.linear(hidden, x, batch, m.inner, width, true);
  }
  reader.normalise(x, x, batch, width);
}

}  // namespace
}  // namespace textvae

using namespace textvae;

int32_t textvae_transformer_step(int32_t threads, int32_t precision, const textvae_transformer* model, float* x) {
  return guarded(threads, [&] {
    const Precision type = precision_of(precision);
    const int64_t batch = model->batch, shares = textvae::threads();
    if (batch < kFewestTexts * shares) return run(*model, type, x, 0, batch);
    parallel_for(0, shares, 1, [&](int64_t from, int64_t to) {
      const int64_t first = batch * from / shares, last = batch * to / shares;
      run(*model, type, x + first * model->width, first, last - first);
    });
  });
}
