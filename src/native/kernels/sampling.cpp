// textvae::sample_tokens: one token a row from softmax((logits + offsets) / temperature), restricted to the k likeliest
// (Fan et al. 2018), of these to the fewest that hold a share p of their mass (Holtzman et al. 2020), of these to
// those at least min_p times as likely as the likeliest (Nguyen et al. 2024); temperature 0 takes the likeliest.
// Inverse transform sampling in the order of the vocabulary, with the row's own uniform number u: the first token whose
// cumulative probability exceeds u. Nothing is sorted but the few tokens about the edge of the nucleus.
#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <torch/library.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <functional>
#include <limits>
#include <vector>

#include "simd_math.h"

namespace textvae {
namespace {

using at::Tensor;

struct Choice {
  double temperature;
  int64_t top_k;  // 0: all
  double top_p;   // 1: all
  double min_p;   // 0: all
};

constexpr int64_t kBlock = 256;
constexpr float kNever = -std::numeric_limits<float>::infinity();

struct Sampler {
  int64_t vocabulary;
  Choice choice;
  std::vector<float> x, heap;      // logits, then weights e^(x - max); the k greatest
  std::vector<double> block_mass;
  std::vector<double> bucket_mass;
  std::vector<int64_t> edge;

  Sampler(int64_t vocabulary, const Choice& choice)
      : vocabulary(vocabulary), choice(choice), x((vocabulary + kBlock - 1) / kBlock * kBlock, kNever),
        block_mass(x.size() / kBlock) {}

  int64_t draw(const float* __restrict logits, const float* __restrict offsets, double uniform) {
    const float scale = choice.temperature == 0 ? 1.0f : static_cast<float>(1 / choice.temperature);
    float* __restrict value = x.data();
    float maximum = kNever;
#pragma omp simd reduction(max : maximum)
    for (int64_t v = 0; v < vocabulary; ++v) {
      value[v] = (logits[v] + offsets[v]) * scale;
      maximum = value[v] > maximum ? value[v] : maximum;
    }
    std::fill(x.begin() + vocabulary, x.end(), kNever);
    if (choice.temperature == 0) return std::find(value, value + vocabulary, maximum) - value;
    if (!(maximum > kNever)) return 0;
    const float least = choice.top_k > 0 && choice.top_k < vocabulary ? kth_greatest() : kNever;
    // Weights, 0 for what is left out; e^x alone would turn -infinity into a small number.
    for (size_t block = 0; block < block_mass.size(); ++block) {
      float* __restrict part = value + block * kBlock;
      float sum = 0;
#pragma omp simd reduction(+ : sum)
      for (int64_t i = 0; i < kBlock; ++i) {
        const float weight = fast_exp(part[i] - maximum);
        part[i] = part[i] >= least && part[i] > kNever ? weight : 0.0f;
        sum += part[i];
      }
      block_mass[block] = sum;
    }
    if (choice.top_p < 1) keep_nucleus();
    if (choice.min_p > 0) {
      const auto limit = static_cast<float>(choice.min_p);  // the likeliest has weight 1
#pragma omp simd
      for (size_t v = 0; v < x.size(); ++v) value[v] = value[v] >= limit ? value[v] : 0.0f;
    }
    if (choice.top_p < 1 || choice.min_p > 0) sum_blocks();
    return pick(uniform);
  }

  // A heap of the k greatest so far; a block without anything greater than its least is passed over.
  float kth_greatest() {
    const auto k = static_cast<size_t>(choice.top_k);
    heap.assign(x.begin(), x.begin() + k);
    std::make_heap(heap.begin(), heap.end(), std::greater<>());
    for (size_t first = k; first < x.size(); first += 64) {
      const size_t end = std::min(first + 64, x.size());
      const float* const value = x.data();
      float greatest = kNever;
#pragma omp simd reduction(max : greatest)
      for (size_t v = first; v < end; ++v) greatest = value[v] > greatest ? value[v] : greatest;
      if (!(greatest > heap.front())) continue;
      for (size_t v = first; v < end; ++v) {
        if (!(x[v] > heap.front())) continue;
        std::pop_heap(heap.begin(), heap.end(), std::greater<>());
        heap.back() = x[v];
        std::push_heap(heap.begin(), heap.end(), std::greater<>());
      }
    }
    return heap.front();
  }

  void sum_blocks() {
    for (size_t block = 0; block < block_mass.size(); ++block) {
      const float* const weight = x.data() + block * kBlock;
      float sum = 0;
#pragma omp simd reduction(+ : sum)
      for (int64_t i = 0; i < kBlock; ++i) sum += weight[i];
      block_mass[block] = sum;
    }
  }

  double total() const {
    double sum = 0;
    for (const double mass : block_mass) sum += mass;
    return sum;
  }

  // Weights go into buckets by exponent and seven bits of mantissa, in falling order. A token stays when the mass before it is
  // short of p, so only the bucket in which p is reached needs a closer look. Tokens so light that all of them together
  // cannot make up 1 - p are left out at once.
  void keep_nucleus() {
    constexpr int32_t kTop = 0x3f80, kBuckets = 32 * 128;
    const auto bucket_of = [](float weight) {
      int32_t bits;
      std::memcpy(&bits, &weight, sizeof(bits));
      return std::clamp(kTop - (bits >> 16), 0, kBuckets - 1);
    };
    const double all = total(), needed = choice.top_p * all;
    const auto negligible = static_cast<float>(0.5 * (all - needed) / static_cast<double>(vocabulary));
    bucket_mass.assign(kBuckets, 0);
    for (int64_t v = 0; v < vocabulary; ++v) {
      if (x[v] > negligible) bucket_mass[bucket_of(x[v])] += x[v];
    }
    double before = 0;
    int32_t bucket = 0;
    while (bucket < kBuckets - 1 && before + bucket_mass[bucket] < needed) before += bucket_mass[bucket++];
    edge.clear();
    for (int64_t v = 0; v < vocabulary; ++v) {
      if (!(x[v] > negligible) || bucket_of(x[v]) > bucket) {
        x[v] = 0;
      } else if (bucket_of(x[v]) == bucket) {
        edge.push_back(v);
      }
    }
    std::sort(edge.begin(), edge.end(), [&](int64_t a, int64_t b) { return x[a] != x[b] ? x[a] > x[b] : a < b; });
    for (const int64_t v : edge) {
      const float weight = x[v];
      if (before >= needed) x[v] = 0;
      before += weight;
    }
  }

  int64_t pick(double uniform) const {
    double left = uniform * total();
    size_t block = 0, last = 0;
    for (; block < block_mass.size(); ++block) {
      if (block_mass[block] > 0) last = block;
      if (left < block_mass[block]) break;
      left -= block_mass[block];
    }
    if (block == block_mass.size()) block = last;  // u so near 1 that rounding has used up all mass
    int64_t chosen = 0;
    for (int64_t v = static_cast<int64_t>(block) * kBlock, end = v + kBlock; v < end; ++v) {
      if (!(x[v] > 0)) continue;
      chosen = v;
      if (left < x[v]) break;
      left -= x[v];
    }
    return chosen;
  }
};

Tensor sample_tokens(const Tensor& logits, const Tensor& offsets, const Tensor& uniforms, double temperature, int64_t top_k,
                     double top_p, double min_p) {
  TORCH_CHECK(logits.is_cpu() && logits.dim() == 2 && logits.scalar_type() == at::kFloat && logits.size(1) > 0,
              "sample_tokens: logits must be float32 [batch, vocabulary] on the CPU, got ", logits.scalar_type(), " ",
              logits.sizes());
  const int64_t rows = logits.size(0), vocabulary = logits.size(1);
  TORCH_CHECK(offsets.dim() == 1 && offsets.size(0) == vocabulary && offsets.scalar_type() == at::kFloat,
              "sample_tokens: offsets must be float32 [", vocabulary, "], got ", offsets.sizes());
  TORCH_CHECK(uniforms.dim() == 1 && uniforms.size(0) == rows && uniforms.scalar_type() == at::kDouble,
              "sample_tokens: uniforms must be float64 [", rows, "], got ", uniforms.scalar_type(), " ", uniforms.sizes());
  TORCH_CHECK(temperature >= 0 && top_k >= 0 && top_p > 0 && top_p <= 1 && min_p >= 0 && min_p <= 1,
              "sample_tokens: temperature ", temperature, ", top_k ", top_k, ", top_p ", top_p, ", min_p ", min_p,
              " are not all possible");
  const Tensor dense = logits.contiguous(), added = offsets.contiguous(), draws = uniforms.contiguous();
  Tensor tokens = at::empty({rows}, logits.options().dtype(at::kLong));
  const float *l = dense.data_ptr<float>(), *o = added.data_ptr<float>();
  const double* u = draws.data_ptr<double>();
  int64_t* const to = tokens.data_ptr<int64_t>();
  at::parallel_for(0, rows, std::max<int64_t>(1, 16384 / vocabulary), [&](int64_t from, int64_t end) {
    Sampler sampler(vocabulary, {temperature, top_k, top_p, min_p});
    for (int64_t r = from; r < end; ++r) to[r] = sampler.draw(l + r * vocabulary, o, u[r]);
  });
  return tokens;
}

}  // namespace
}  // namespace textvae

TORCH_LIBRARY_FRAGMENT(textvae, m) {
  m.def(
      "sample_tokens(Tensor logits, Tensor offsets, Tensor uniforms, float temperature, int top_k, float top_p, float min_p) "
      "-> Tensor",
      &textvae::sample_tokens);
}
