// What products are computed in. Parameters, gradients and results are float32 either way.
#pragma once

#include <cstdint>

#include "status.h"

namespace textvae {

enum class Precision : int {
  kFloat32 = TEXTVAE_FLOAT32,
  // Factors rounded to bfloat16 (8 significant bits), sums in float32.
  kBFloat16 = TEXTVAE_BFLOAT16,
};

#ifdef __AVX512BF16__
constexpr bool kHasBFloat16 = true;
#else
constexpr bool kHasBFloat16 = false;
#endif

// The precision that a caller from C names.
inline Precision precision_of(int32_t number) {
  require(number == TEXTVAE_FLOAT32 || (number == TEXTVAE_BFLOAT16 && kHasBFloat16), TEXTVAE_UNSUPPORTED);
  return static_cast<Precision>(number);
}

}  // namespace textvae
