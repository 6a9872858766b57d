// Weighted sums of rows of a table over bags, and the gradient of a table, written once: each thread clears and fills rows of its own, in
// the order of the entries, so that the result does not depend on the number of threads. LibTorch clears with one thread, sorts the entries
// of a bag and goes through each.
#include <algorithm>

#include "parallel.h"

namespace textvae {
namespace {

// y += factor x
void add_scaled(const float* __restrict x, float factor, float* __restrict y, int64_t n) {
#pragma omp simd
  for (int64_t j = 0; j < n; ++j) y[j] += factor * x[j];
}

void check_indices(const int64_t* index, int64_t entries, int64_t rows) {
  require_in_range(std::all_of(index, index + entries, [=](int64_t i) { return i >= 0 && i < rows; }));
}

}  // namespace
}  // namespace textvae

using namespace textvae;

int32_t textvae_table_gradient(int32_t threads, int64_t rows, int64_t width, int64_t entries, const int64_t* index, const float* upstream,
                               const int64_t* source, const float* factor, float* gradient) {
  return guarded(threads, [&] {
    check_indices(index, entries, rows);
    // One share per thread, since each looks through all entries.
    const int64_t share = std::max<int64_t>((rows + textvae::threads() - 1) / textvae::threads(), 64);
    parallel_for(0, rows, share, [&](int64_t begin, int64_t end) {
      std::fill(gradient + begin * width, gradient + end * width, 0.0f);
      for (int64_t e = 0; e < entries; ++e) {
        if (index[e] < begin || index[e] >= end) continue;
        add_scaled(upstream + (source == nullptr ? e : source[e]) * width, factor == nullptr ? 1.0f : factor[e],
                   gradient + index[e] * width, width);
      }
    });
  });
}

int32_t textvae_embedding_bag(int32_t threads, int64_t rows, int64_t width, int64_t bags, int64_t entries, const float* table,
                              const int64_t* index, const int64_t* offsets, const float* factor, float* output, int64_t* bag_of) {
  return guarded(threads, [&] {
    require_in_range(bags == 0 ? entries == 0 : offsets[0] == 0);
    const auto begin_of = [&](int64_t bag) { return bag < bags ? offsets[bag] : entries; };
    for (int64_t b = 0; b < bags; ++b) require_in_range(begin_of(b) <= begin_of(b + 1));
    check_indices(index, entries, rows);
    for (int64_t b = 0; b < bags; ++b) std::fill(bag_of + begin_of(b), bag_of + begin_of(b + 1), b);
    parallel_for(0, bags, 8, [&](int64_t begin, int64_t end) {
      std::fill(output + begin * width, output + end * width, 0.0f);
      for (int64_t e = begin_of(begin); e < begin_of(end); ++e) {
        add_scaled(table + index[e] * width, factor == nullptr ? 1.0f : factor[e], output + bag_of[e] * width, width);
      }
    });
  });
}
