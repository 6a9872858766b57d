// textvae::adam_step: one pass over memory for each parameter. Kingma and Ba, "Adam" (2015), algorithm 1;
// decoupled weight decay as in Loshchilov and Hutter, "Decoupled weight decay regularization" (2019).
#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <torch/library.h>

#include <cmath>

namespace textvae {
namespace {

constexpr int64_t kGrain = 16384;

struct AdamStep {
  double lr, beta1, beta2, eps, weight_decay;
  bool decoupled;
  double correction1, root_correction2;
};

template <typename T>
void update_range(T* __restrict p, const T* __restrict g, T* __restrict m, T* __restrict v, int64_t n,
                  const AdamStep& s) {
  const T beta1 = static_cast<T>(s.beta1), one_minus_beta1 = static_cast<T>(1 - s.beta1);
  const T beta2 = static_cast<T>(s.beta2), one_minus_beta2 = static_cast<T>(1 - s.beta2);
  const T step_size = static_cast<T>(s.lr / s.correction1);
  const T inverse_root = static_cast<T>(1 / s.root_correction2);
  const T eps = static_cast<T>(s.eps);
  const T l2 = static_cast<T>(s.decoupled ? 0 : s.weight_decay);
  const T keep = static_cast<T>(s.decoupled ? 1 - s.lr * s.weight_decay : 1);
#pragma omp simd
  for (int64_t i = 0; i < n; ++i) {
    const T gradient = g[i] + l2 * p[i];
    const T first = beta1 * m[i] + one_minus_beta1 * gradient;
    const T second = beta2 * v[i] + one_minus_beta2 * gradient * gradient;
    m[i] = first;
    v[i] = second;
    p[i] = keep * p[i] - step_size * first / (std::sqrt(second) * inverse_root + eps);
  }
}

template <typename T>
void update_dense(const at::Tensor& p, const at::Tensor& g, const at::Tensor& m, const at::Tensor& v,
                  const AdamStep& s) {
  T* const parameter = p.data_ptr<T>();
  const T* const gradient = g.data_ptr<T>();
  T* const first = m.data_ptr<T>();
  T* const second = v.data_ptr<T>();
  at::parallel_for(0, p.numel(), kGrain, [&](int64_t begin, int64_t end) {
    update_range(parameter + begin, gradient + begin, first + begin, second + begin, end - begin, s);
  });
}

// Any device, layout and floating type.
void update_composed(at::Tensor p, const at::Tensor& g, at::Tensor m, at::Tensor v, const AdamStep& s) {
  if (s.decoupled) p.mul_(1 - s.lr * s.weight_decay);
  const at::Tensor gradient = s.decoupled || s.weight_decay == 0 ? g : g.add(p, s.weight_decay);
  m.mul_(s.beta1).add_(gradient, 1 - s.beta1);
  v.mul_(s.beta2).addcmul_(gradient, gradient, 1 - s.beta2);
  const at::Tensor denominator = v.sqrt().div_(s.root_correction2).add_(s.eps);
  p.addcdiv_(m, denominator, -s.lr / s.correction1);
}

void adam_step(at::TensorList params, at::TensorList grads, at::TensorList exp_avgs,
               at::TensorList exp_avg_sqs, int64_t step, double lr, double beta1, double beta2, double eps,
               double weight_decay, bool decoupled) {
  TORCH_CHECK(grads.size() == params.size() && exp_avgs.size() == params.size() &&
                  exp_avg_sqs.size() == params.size(),
              "adam_step: lists of unequal length: ", params.size(), " parameters, ", grads.size(),
              " gradients, ", exp_avgs.size(), " and ", exp_avg_sqs.size(), " moments");
  TORCH_CHECK(step >= 1, "adam_step: step counts from 1, got ", step);
  const AdamStep s{lr, beta1, beta2, eps, weight_decay, decoupled, 1 - std::pow(beta1, step),
                   std::sqrt(1 - std::pow(beta2, step))};
  const at::NoGradGuard no_grad;
  for (size_t i = 0; i < params.size(); ++i) {
    const at::Tensor &p = params[i], &m = exp_avgs[i], &v = exp_avg_sqs[i];
    at::Tensor g = grads[i];
    TORCH_CHECK(p.sizes() == g.sizes() && p.sizes() == m.sizes() && p.sizes() == v.sizes(),
                "adam_step: parameter ", i, " has shape ", p.sizes(), ", gradient ", g.sizes(), ", moments ",
                m.sizes(), " and ", v.sizes());
    const auto type = p.scalar_type();
    const bool fast = p.is_cpu() && (type == at::kFloat || type == at::kDouble) && !g.is_sparse() &&
                      g.scalar_type() == type && m.scalar_type() == type && v.scalar_type() == type &&
                      p.is_contiguous() && m.is_contiguous() && v.is_contiguous();
    if (!fast) {
      update_composed(p, g, m, v, s);
      continue;
    }
    g = g.contiguous();
    if (type == at::kFloat) {
      update_dense<float>(p, g, m, v, s);
    } else {
      update_dense<double>(p, g, m, v, s);
    }
    // Written through raw pointers: tell autograd that tensors saved for a backward pass have changed.
    for (const at::Tensor* changed : {&p, &m, &v}) changed->unsafeGetTensorImpl()->bump_version();
  }
}

}  // namespace
}  // namespace textvae

TORCH_LIBRARY_FRAGMENT(textvae, m) {
  m.def(
      "adam_step(Tensor(a!)[] params, Tensor[] grads, Tensor(b!)[] exp_avgs, Tensor(c!)[] exp_avg_sqs, "
      "int step, float lr, float beta1, float beta2, float eps, float weight_decay, bool decoupled) -> ()",
      &textvae::adam_step);
}
