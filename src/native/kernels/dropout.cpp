// textvae::dropout: inverted dropout (Srivastava et al. 2014) whose mask is a hash of the element's position
// and one 64-bit key drawn from the default CPU generator. ATen draws its mask from a serial Mersenne
// twister, which costs as much as a sixth of the matrix products of an LSTM step; the hash vectorises, uses
// all threads, is the same for any number of them, and lets the backward pass rebuild the mask instead of
// keeping it.
#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <torch/csrc/autograd/custom_function.h>
#include <torch/library.h>

#include <algorithm>
#include <cmath>

#include "random_mask.h"

namespace textvae {
namespace {

using at::Tensor;

constexpr int64_t kBlock = 16384;

template <typename T>
void apply_mask(const T* __restrict x, T* __restrict y, int64_t n, uint64_t key, uint32_t threshold, T scale) {
  const uint32_t low = static_cast<uint32_t>(key), high = static_cast<uint32_t>(key >> 32);
#pragma omp simd
  for (int64_t i = 0; i < n; ++i) {
    const uint32_t bits = scramble(scramble(static_cast<uint32_t>(i) ^ low) + high);
    y[i] = bits >= threshold ? x[i] * scale : T(0);
  }
}

template <typename T>
void masked(const Tensor& input, const Tensor& output, double p, uint64_t key) {
  const T* const x = input.data_ptr<T>();
  T* const y = output.data_ptr<T>();
  const auto threshold = static_cast<uint32_t>(std::min(std::round(p * 4294967296.0), 4294967295.0));
  const T scale = static_cast<T>(1 / (1 - p));
  const int64_t n = input.numel();
  at::parallel_for(0, (n + kBlock - 1) / kBlock, 1, [&](int64_t begin, int64_t end) {
    for (int64_t block = begin; block < end; ++block) {
      const int64_t first = block * kBlock;
      apply_mask(x + first, y + first, std::min(kBlock, n - first), mix(key + static_cast<uint64_t>(block)),
                 threshold, scale);
    }
  });
}

// Linear in its input, so its own derivative, with the same key.
struct DropoutFunction : torch::autograd::Function<DropoutFunction> {
  using Variables = torch::autograd::variable_list;

  static Tensor forward(torch::autograd::AutogradContext* ctx, const Tensor& input, double p, int64_t key) {
    ctx->saved_data["p"] = p;
    ctx->saved_data["key"] = key;
    const Tensor dense = input.contiguous();
    const Tensor output = at::empty_like(dense);
    if (input.scalar_type() == at::kFloat) {
      masked<float>(dense, output, p, static_cast<uint64_t>(key));
    } else {
      masked<double>(dense, output, p, static_cast<uint64_t>(key));
    }
    return output;
  }

  static Variables backward(torch::autograd::AutogradContext* ctx, Variables upstream) {
    const double p = ctx->saved_data["p"].toDouble();
    return {apply(upstream[0], p, ctx->saved_data["key"].toInt()), Tensor(), Tensor()};
  }
};

Tensor dropout(const Tensor& input, double p) {
  TORCH_CHECK(p >= 0 && p <= 1, "dropout: the probability must be in [0, 1], got ", p);
  if (p == 0) return input;
  const auto type = input.scalar_type();
  if (!input.is_cpu() || (type != at::kFloat && type != at::kDouble) || p == 1) return at::dropout(input, p, true);
  return DropoutFunction::apply(input, p, static_cast<int64_t>(draw_key()));
}

}  // namespace
}  // namespace textvae

TORCH_LIBRARY_FRAGMENT(textvae, m) {
  m.def("dropout(Tensor input, float p) -> Tensor", &textvae::dropout);
}
