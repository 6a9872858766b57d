// textvae::clip_grad_norm_: scales gradients in place so that their common Euclidean norm is at most
// max_norm (Pascanu et al. 2013), as torch.nn.utils.clip_grad_norm_ does, and returns the norm before. One
// pass reads, and only when there is something to clip a second writes.
#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <torch/library.h>

#include <algorithm>
#include <cmath>
#include <vector>

namespace textvae {
namespace {

using at::Tensor;

struct Segment {
  float* data;
  int64_t size;
};

float sum_of_squares(const Segment& s) {
  const float* const data = s.data;
  float sum = 0;
#pragma omp simd reduction(+ : sum)
  for (int64_t i = 0; i < s.size; ++i) sum += data[i] * data[i];
  return sum;
}

void scale_by(const Segment& s, float factor) {
  float* const data = s.data;
#pragma omp simd
  for (int64_t i = 0; i < s.size; ++i) data[i] *= factor;
}

bool is_dense_float(const Tensor& t) {
  return t.is_cpu() && !t.is_sparse() && t.scalar_type() == at::kFloat && t.is_non_overlapping_and_dense();
}

Tensor clip_grad_norm(at::TensorList grads, double max_norm) {
  constexpr int64_t kSegment = 32768;
  const at::NoGradGuard no_grad;
  std::vector<Segment> segments;
  std::vector<Tensor> others;
  for (const Tensor& g : grads) {
    if (!is_dense_float(g)) {
      others.push_back(g);
      continue;
    }
    for (int64_t first = 0; first < g.numel(); first += kSegment) {
      segments.push_back({g.data_ptr<float>() + first, std::min(kSegment, g.numel() - first)});
    }
  }
  const auto count = static_cast<int64_t>(segments.size());
  std::vector<float> sums(count);
  at::parallel_for(0, count, 1, [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; ++i) sums[i] = sum_of_squares(segments[i]);
  });
  double squares = 0;
  for (const float sum : sums) squares += sum;
  for (const Tensor& g : others) squares += std::pow(g.norm().item<double>(), 2);

  const double norm = std::sqrt(squares);
  const double factor = max_norm / (norm + 1e-6);
  if (!(factor >= 1)) {  // also when the norm is not a number, which must reach the gradients
    at::parallel_for(0, count, 1, [&](int64_t begin, int64_t end) {
      for (int64_t i = begin; i < end; ++i) scale_by(segments[i], static_cast<float>(factor));
    });
    for (Tensor& g : others) g.mul_(factor);
    for (const Tensor& g : grads) {
      if (is_dense_float(g)) g.unsafeGetTensorImpl()->bump_version();
    }
  }
  return at::scalar_tensor(norm, grads.empty() ? at::TensorOptions() : grads[0].options());
}

}  // namespace
}  // namespace textvae

TORCH_LIBRARY_FRAGMENT(textvae, m) {
  m.def("clip_grad_norm_(Tensor(a!)[] grads, float max_norm) -> Tensor", &textvae::clip_grad_norm);
}
