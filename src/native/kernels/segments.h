// Lists of tensors cut into pieces, so that one loop over all of them gives every thread its share.
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "parallel.h"

namespace textvae {

// Elements first .. first + size of a tensor.
struct Segment {
  int64_t tensor, first, size;
};

inline std::vector<Segment> segments_of(int64_t count, const int64_t* sizes, int64_t most) {
  std::vector<Segment> segments;
  for (int64_t tensor = 0; tensor < count; ++tensor) {
    for (int64_t first = 0; first < sizes[tensor]; first += most) {
      segments.push_back({tensor, first, std::min(most, sizes[tensor] - first)});
    }
  }
  return segments;
}

// Calls body(place in the list, segment).
template <typename F>
void for_each(const std::vector<Segment>& segments, const F& body) {
  parallel_for(0, static_cast<int64_t>(segments.size()), 1, [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; ++i) body(i, segments[i]);
  });
}

}  // namespace textvae
