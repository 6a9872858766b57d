// textvae::linear: x W^T + b by our own products on LibTorch's own threads, in the mode's precision. LibTorch sends
// float32 products to OpenBLAS, whose second pool of threads fights with the first, so that it has to be held to one.
// Training on a few rows stays there: it gains nothing. Without gradients our products serve any size, since with them a
// row's result does not depend on the rows beside it. Every other type and device takes LibTorch's operator as well.
#include <ATen/ATen.h>
#include <torch/csrc/autograd/custom_function.h>
#include <torch/library.h>

#include "gemm.h"

namespace textvae {
namespace {

using at::Tensor;

constexpr int64_t kFewestOperations = 1 << 22;  // multiply-adds

Tensor product(Op op_a, Op op_b, int64_t m, int64_t n, int64_t k, const Tensor& a, const Tensor& b, Addend addend,
               Precision precision) {
  Tensor c = at::empty({m, n}, a.options());
  gemm(op_a, op_b, m, n, k, a.data_ptr<float>(), a.size(1), b.data_ptr<float>(), b.size(1), addend, c.data_ptr<float>(),
       n, precision);
  return c;
}

// b may be empty.
Tensor forward_product(const Tensor& x, const Tensor& w, const Tensor& b, Precision precision) {
  const Addend addend = b.numel() == 0 ? Addend::nothing() : Addend::row(b.data_ptr<float>());
  return product(Op::kPlain, Op::kTransposed, x.size(0), w.size(0), x.size(1), x, w, addend, precision);
}

// x [rows, in], w [out, in], both contiguous; b [out].
struct LinearFunction : torch::autograd::Function<LinearFunction> {
  using Variables = torch::autograd::variable_list;

  static Tensor forward(torch::autograd::AutogradContext* ctx, const Tensor& x, const Tensor& w, const Tensor& b) {
    ctx->save_for_backward({x, w});
    ctx->saved_data["needed"] = std::vector<bool>{x.requires_grad(), w.requires_grad(), b.requires_grad()};
    const auto precision = matmul_precision();
    ctx->saved_data["precision"] = static_cast<int64_t>(precision);
    return forward_product(x, w, b, precision);
  }

  static Variables backward(torch::autograd::AutogradContext* ctx, Variables upstream) {
    const auto saved = ctx->get_saved_variables();
    const Tensor &x = saved[0], &w = saved[1];
    const Tensor g = upstream[0].contiguous();
    const auto needed = ctx->saved_data["needed"].toBoolList();
    Tensor dx, dw, db;
    if (at::GradMode::is_enabled()) {  // a graph of the gradient is wanted, which standard operators give
      if (needed[0]) dx = g.mm(w);
      if (needed[1]) dw = g.t().mm(x);
      if (needed[2]) db = g.sum(0);
      return {dx, dw, db};
    }
    const auto precision = static_cast<Precision>(ctx->saved_data["precision"].toInt());
    if (needed[0]) dx = product(Op::kPlain, Op::kPlain, g.size(0), w.size(1), g.size(1), g, w, Addend::nothing(), precision);
    if (needed[1]) dw = product(Op::kTransposed, Op::kPlain, g.size(1), x.size(1), g.size(0), g, x, Addend::nothing(), precision);
    if (needed[2]) db = g.sum(0);
    return {dx, dw, db};
  }
};

Tensor linear(const Tensor& input, const Tensor& weight, const c10::optional<Tensor>& bias) {
  const bool shapes_fit = input.dim() >= 2 && weight.dim() == 2 && input.size(-1) == weight.size(1) &&
                          (!bias.has_value() || (bias->dim() == 1 && bias->size(0) == weight.size(0)));
  const bool fast = shapes_fit && input.numel() > 0 && input.is_cpu() && input.scalar_type() == at::kFloat &&
                    weight.scalar_type() == at::kFloat && (!bias.has_value() || bias->scalar_type() == at::kFloat);
  const bool differentiable = at::GradMode::is_enabled() && (input.requires_grad() || weight.requires_grad() ||
                                                             (bias.has_value() && bias->requires_grad()));
  if (!fast || (differentiable && input.numel() * weight.size(0) < kFewestOperations)) return at::linear(input, weight, bias);
  auto shape = input.sizes().vec();
  shape.back() = weight.size(0);
  const Tensor x = input.reshape({-1, input.size(-1)}).contiguous(), w = weight.contiguous();
  const Tensor b = bias.has_value() ? bias->contiguous() : at::empty({0}, input.options());
  if (!differentiable) {
    const at::NoGradGuard no_grad;
    return forward_product(x, w, b, matmul_precision()).view(shape);
  }
  return LinearFunction::apply(x, w, b).view(shape);
}

}  // namespace
}  // namespace textvae

TORCH_LIBRARY_FRAGMENT(textvae, m) {
  m.def("linear(Tensor input, Tensor weight, Tensor? bias=None) -> Tensor", &textvae::linear);
}
