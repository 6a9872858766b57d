// A step of Adam, one pass over memory for all parameters together. Kingma and Ba, "Adam" (2015), algorithm 1; weight decay is a
// penalty in the gradient.
#include <cmath>

#include "segments.h"
#include "parallel.h"

namespace textvae {
namespace {

constexpr int64_t kSegment = 16384;

struct Update {
  float beta1, one_minus_beta1, beta2, one_minus_beta2, step_size, inverse_root, epsilon, penalty;

  explicit Update(const textvae_adam& o)
      : beta1(static_cast<float>(o.beta1)),
        one_minus_beta1(static_cast<float>(1 - o.beta1)),
        beta2(static_cast<float>(o.beta2)),
        one_minus_beta2(static_cast<float>(1 - o.beta2)),
        step_size(static_cast<float>(o.learning_rate / (1 - std::pow(o.beta1, o.step)))),
        inverse_root(static_cast<float>(1 / std::sqrt(1 - std::pow(o.beta2, o.step)))),
        epsilon(static_cast<float>(o.epsilon)),
        penalty(static_cast<float>(o.weight_decay)) {}

  void operator()(float* __restrict p, const float* __restrict g, float* __restrict m, float* __restrict v, int64_t n) const {
    const Update s = *this;
#pragma omp simd
    for (int64_t i = 0; i < n; ++i) {
      const float gradient = g[i] + s.penalty * p[i];
      const float first = s.beta1 * m[i] + s.one_minus_beta1 * gradient;
      const float second = s.beta2 * v[i] + s.one_minus_beta2 * gradient * gradient;
      m[i] = first;
      v[i] = second;
      p[i] = p[i] - s.step_size * first / (std::sqrt(second) * s.inverse_root + s.epsilon);
    }
  }
};

}  // namespace
}  // namespace textvae

using namespace textvae;

int32_t textvae_adam_step(int32_t threads, const textvae_adam* options, int64_t count, float* const* parameters,
                          const float* const* gradients, float* const* first, float* const* second, const int64_t* sizes) {
  return guarded(threads, [&] {
    const Update update(*options);
    for_each(segments_of(count, sizes, kSegment), [&](int64_t, const Segment& s) {
      update(parameters[s.tensor] + s.first, gradients[s.tensor] + s.first, first[s.tensor] + s.first, second[s.tensor] + s.first, s.size);
    });
  });
}
