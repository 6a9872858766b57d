// How the products of the fused operators are computed. The mode is the process's; an operator reads it in its
// forward pass and remembers it for its backward pass. Parameters, gradients and results are float32 either way.
#pragma once

namespace textvae {

enum class Precision : int {
  kFloat32 = 0,
  // Factors rounded to bfloat16 (8 significant bits), sums in float32.
  kBFloat16 = 1,
};

Precision matmul_precision();

}  // namespace textvae
