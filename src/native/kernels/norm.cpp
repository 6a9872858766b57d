// The Euclidean norm of a list of tensors and a factor for all of them: what clipping gradients takes (Pascanu et al. 2013). Segments are
// summed in float, and their sums in double, in order.
#include <cmath>
#include <vector>

#include "segments.h"
#include "parallel.h"

namespace textvae {
namespace {

constexpr int64_t kSegment = 32768;

float sum_of_squares(const float* data, int64_t size) {
  float sum = 0;
#pragma omp simd reduction(+ : sum)
  for (int64_t i = 0; i < size; ++i) sum += data[i] * data[i];
  return sum;
}

void scale_by(float* data, int64_t size, float factor) {
#pragma omp simd
  for (int64_t i = 0; i < size; ++i) data[i] *= factor;
}

}  // namespace
}  // namespace textvae

using namespace textvae;

int32_t textvae_norm(int32_t threads, int64_t count, const float* const* tensors, const int64_t* sizes, double* norm) {
  return guarded(threads, [&] {
    const auto segments = segments_of(count, sizes, kSegment);
    std::vector<float> sums(segments.size());
    for_each(segments, [&](int64_t i, const Segment& s) { sums[i] = sum_of_squares(tensors[s.tensor] + s.first, s.size); });
    double squares = 0;
    for (const float sum : sums) squares += sum;
    *norm = std::sqrt(squares);
  });
}

int32_t textvae_scale(int32_t threads, int64_t count, float* const* tensors, const int64_t* sizes, double factor) {
  return guarded(threads, [&] {
    for_each(segments_of(count, sizes, kSegment), [&](int64_t, const Segment& s) {
      scale_by(tensors[s.tensor] + s.first, s.size, static_cast<float>(factor));
    });
  });
}
