// What kernels throw, and the border to C, which no exception crosses.
#pragma once

#include <cstdint>
#include <new>

#include "include/textvae_kernels.h"

namespace textvae {

// What a kernel throws to return a status.
struct Failure {
  int32_t status;
};

inline void require(bool condition, int32_t otherwise) {
  if (!condition) throw Failure{otherwise};
}

inline void require_in_range(bool condition) { require(condition, TEXTVAE_OUT_OF_RANGE); }

// Runs body(); what it throws becomes a status.
template <typename F>
int32_t status_of(const F& body) noexcept {
  try {
    body();
    return TEXTVAE_OK;
  } catch (const Failure& failure) {
    return failure.status;
  } catch (const std::bad_alloc&) {
    return TEXTVAE_OUT_OF_MEMORY;
  } catch (...) {
    return TEXTVAE_FAILED;
  }
}

}  // namespace textvae
