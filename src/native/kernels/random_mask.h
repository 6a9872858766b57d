// Masks of dropout that are a hash of a 64-bit key and an element's position: they vectorise, use all threads, are the
// same for any number of them, and can be made again in a backward pass instead of being kept.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>

namespace textvae {

// Steele, Lea and Flood, "Fast splittable pseudorandom number generators" (2014): the finaliser.
inline uint64_t mix(uint64_t x) {
  x += 0x9e3779b97f4a7c15ull;
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9ull;
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebull;
  return x ^ (x >> 31);
}

// A bijection of 32-bit words with low bias (two rounds of xor-shift and multiply).
inline uint32_t scramble(uint32_t x) {
  x ^= x >> 16;
  x *= 0x7feb352du;
  x ^= x >> 15;
  x *= 0x846ca68bu;
  return x ^ (x >> 16);
}

// Keeps elements of a row, scaled by 1 / (1 - p), or makes them 0 with probability p.
struct RowMask {
  uint32_t low, high, threshold;
  float scale;
  RowMask(uint64_t key, double p)
      : low(static_cast<uint32_t>(key)),
        high(static_cast<uint32_t>(key >> 32)),
        threshold(static_cast<uint32_t>(std::min(std::round(p * 4294967296.0), 4294967295.0))),
        scale(static_cast<float>(1 / (1 - p))) {}
  bool keeps(int64_t i) const { return scramble(scramble(static_cast<uint32_t>(i) ^ low) + high) >= threshold; }
  // The factor of element i.
  float operator()(int64_t i) const { return keeps(i) ? scale : 0.0f; }
};

}  // namespace textvae
