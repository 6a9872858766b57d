// The process-wide precision of matrix products; see precision.h.
#include "precision.h"

#include <torch/library.h>

#include <atomic>

namespace textvae {
namespace {

std::atomic<Precision> mode{Precision::kFloat32};

bool has_bfloat16() {
#ifdef __AVX512BF16__
  return true;
#else
  return false;
#endif
}

void set_matmul_precision(int64_t precision) {
  TORCH_CHECK(precision == 0 || precision == 1, "set_matmul_precision: 0 is float32, 1 bfloat16, got ", precision);
  TORCH_CHECK(precision == 0 || has_bfloat16(),
              "set_matmul_precision: this processor has no bfloat16 products (AVX512_BF16)");
  mode = static_cast<Precision>(precision);
}

int64_t get_matmul_precision() { return static_cast<int64_t>(matmul_precision()); }

}  // namespace

Precision matmul_precision() { return mode; }

}  // namespace textvae

TORCH_LIBRARY_FRAGMENT(textvae, m) {
  m.def("has_bfloat16() -> bool", &textvae::has_bfloat16);
  m.def("set_matmul_precision(int precision) -> ()", &textvae::set_matmul_precision);
  m.def("matmul_precision() -> int", &textvae::get_matmul_precision);
}
