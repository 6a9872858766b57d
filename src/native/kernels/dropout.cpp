// Inverted dropout (Srivastava et al. 2014) whose mask is a hash of a key and the element's position (random_mask.h): LibTorch draws its
// mask from a serial Mersenne twister, which costs as much as a sixth of the matrix products of an LSTM step. The derivative is the same
// function with the same key.
#include <algorithm>

#include "random_mask.h"
#include "parallel.h"

namespace textvae {
namespace {

// The key of block k is mix(key + k); within it elements are counted from 0.
constexpr int64_t kBlock = 16384;

// Counted in 32 bits, as the hash is.
void apply_mask(const float* __restrict x, float* __restrict y, int32_t n, const RowMask mask) {
#pragma omp simd
  for (int32_t i = 0; i < n; ++i) y[i] = mask.keeps(i) ? x[i] * mask.scale : 0.0f;
}

}  // namespace
}  // namespace textvae

using namespace textvae;

int32_t textvae_dropout(int32_t threads, int64_t size, double p, uint64_t key, const float* x, float* y) {
  return guarded(threads, [&] {
    parallel_for(0, (size + kBlock - 1) / kBlock, 1, [&](int64_t begin, int64_t end) {
      for (int64_t block = begin; block < end; ++block) {
        const int64_t first = block * kBlock;
        const RowMask mask(mix(key + static_cast<uint64_t>(block)), p);
        apply_mask(x + first, y + first, static_cast<int32_t>(std::min(kBlock, size - first)), mask);
      }
    });
  });
}
