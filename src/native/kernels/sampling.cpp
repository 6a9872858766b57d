// One token a row from softmax((logits + offsets) / temperature), restricted to the k likeliest (Fan et al. 2018), of these to the fewest
// that hold a share p of their mass (Holtzman et al. 2020), of these to those at least min_p times as likely as the likeliest (Nguyen et
// al. 2024); temperature 0 takes the likeliest. Inverse transform sampling in the order of the vocabulary, with the row's own uniform
// number u: the first token whose cumulative probability exceeds u. Nothing is sorted but the few tokens about the edge of the nucleus.
#include <algorithm>
#include <cmath>
#include <cstring>
#include <functional>
#include <limits>
#include <vector>

#include "gemm/simd_math.h"
#include "parallel.h"

namespace textvae {
namespace {

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
  std::vector<float> x, heap;  // logits, then weights e^(x - max); the k greatest
  std::vector<double> block_mass;
  std::vector<double> bucket_mass;
  std::vector<int64_t> edge;

  Sampler(int64_t vocabulary, const Choice& choice)
      : vocabulary(vocabulary), choice(choice), x((vocabulary + kBlock - 1) / kBlock * kBlock, kNever), block_mass(x.size() / kBlock) {}

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
    if (!(maximum > kNever)) return 0;
    if (choice.temperature == 0) return std::find(value, value + vocabulary, maximum) - value;
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
    float* const value = x.data();
    bucket_mass.assign(kBuckets, 0);
    double* const mass = bucket_mass.data();
    for (int64_t v = 0; v < vocabulary; ++v) {
      if (value[v] > negligible) mass[bucket_of(value[v])] += value[v];
    }
    double before = 0;
    int32_t bucket = 0;
    while (bucket < kBuckets - 1 && before + mass[bucket] < needed) before += mass[bucket++];
    edge.clear();
    for (int64_t v = 0; v < vocabulary; ++v) {
      if (!(value[v] > negligible) || bucket_of(value[v]) > bucket) {
        value[v] = 0;
      } else if (bucket_of(value[v]) == bucket) {
        edge.push_back(v);
      }
    }
    std::sort(edge.begin(), edge.end(), [&](int64_t a, int64_t b) { return value[a] != value[b] ? value[a] > value[b] : a < b; });
    for (const int64_t v : edge) {
      const float weight = value[v];
      if (before >= needed) value[v] = 0;
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

}  // namespace
}  // namespace textvae

using namespace textvae;

int32_t textvae_sample_tokens(int32_t threads, int64_t rows, int64_t vocabulary, const float* logits, const float* offsets,
                              const double* uniforms, double temperature, int64_t top_k, double top_p, double min_p, int64_t* tokens) {
  return guarded(threads, [&] {
    parallel_for(0, rows, std::max<int64_t>(1, 16384 / vocabulary), [&](int64_t from, int64_t end) {
      Sampler sampler(vocabulary, {temperature, top_k, top_p, min_p});
      for (int64_t r = from; r < end; ++r) tokens[r] = sampler.draw(logits + r * vocabulary, offsets, uniforms[r]);
    });
  });
}
