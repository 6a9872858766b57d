// Matrix products in row-major order, of float32 or of factors rounded to bfloat16, summed in float32.
//
//   gemm(...)                   c = op(a) op(b) + addend: nothing, a row for all (a bias), or what is in c
//   PackedMatrix::pack(op(b)), product(a, packed, ...)   the same with b prepared once for many products
//
// A product outside a parallel loop uses all threads of the call, inside one the calling thread alone. Each element of c
// is one sum over k in order, whatever the other sizes and the number of threads: a row's result does not
// depend on the rows computed beside it.
#pragma once

#include <cstdint>

#include "gemm/packing.h"
#include "gemm/precision.h"

namespace textvae {

// What a product is added to: element [i, j] is data[i * stride + j]; 0 without data.
struct Addend {
  const float* data = nullptr;
  int64_t stride = 0;

  static Addend nothing() { return {}; }
  static Addend row(const float* bias) { return {bias, 0}; }
  static Addend matrix(const float* c, int64_t ldc) { return {c, ldc}; }
  static Addend matrix_if(bool given, const float* c, int64_t ldc) { return given ? matrix(c, ldc) : nothing(); }

  Addend at(int64_t row, int64_t column) const { return {data == nullptr ? nullptr : data + row * stride + column, stride}; }
};

// op(b) [k, n], prepared, in memory that belongs to somebody else.
class PackedView {
 public:
  PackedView() = default;
  PackedView(const float* data, int64_t k, int64_t n, Precision precision)
      : data_(data), k_(k), n_(n), precision_(precision) {}

  int64_t k() const { return k_; }
  int64_t n() const { return n_; }
  Precision precision() const { return precision_; }
  int64_t panels() const { return (n_ + products::kPanel - 1) / products::kPanel; }
  int64_t panel_size() const { return products::depth_of(k_, precision_) * products::kPanel; }
  const float* panel(int64_t p) const { return data_ + p * panel_size(); }
  int64_t size() const { return panels() * panel_size(); }

  // Prepares b in `data`, which holds size() elements.
  void pack_into(float* data, Op op, const float* b, int64_t ldb);

 private:
  const float* data_ = nullptr;
  int64_t k_ = 0, n_ = 0;
  Precision precision_ = Precision::kFloat32;
};

// op(b) [k, n], prepared, with its memory.
class PackedMatrix : public PackedView {
 public:
  PackedMatrix() = default;
  PackedMatrix(const PackedMatrix&) = delete;
  PackedMatrix& operator=(const PackedMatrix&) = delete;

  void pack(Op op, int64_t k, int64_t n, const float* b, int64_t ldb, Precision precision) {
    static_cast<PackedView&>(*this) = PackedView(nullptr, k, n, precision);
    pack_into(buffer_.at_least(size()), op, b, ldb);
  }

 private:
  products::Buffer buffer_;
};

// op(a) [m, k], prepared: blocks of at most kMostRows rows, [block][k][rows].
class LeftMatrix {
 public:
  LeftMatrix() = default;
  LeftMatrix(const LeftMatrix&) = delete;
  LeftMatrix& operator=(const LeftMatrix&) = delete;

  void pack(Op op, int64_t m, int64_t k, const float* a, int64_t lda, Precision precision);

  int64_t m() const { return m_; }
  int64_t depth() const { return depth_; }
  const float* block(int64_t first_row) const { return data_ + first_row * depth_; }

 private:
  products::Buffer buffer_;
  const float* data_ = nullptr;
  int64_t m_ = 0, depth_ = 0;
};

// c [m, n] = a b + addend; both factors prepared for the same precision.
void product(const LeftMatrix& a, const PackedView& b, Addend addend, float* c, int64_t ldc);

// The same with a as it is stored: op(a) [m, k], ld* are row strides.
void product(Op op_a, int64_t m, const float* a, int64_t lda, const PackedView& b, Addend addend, float* c, int64_t ldc);

// c [m, n] = op(a) [m, k] op(b) [k, n] + addend; ld* are row strides of the matrices as stored.
void gemm(Op op_a, Op op_b, int64_t m, int64_t n, int64_t k, const float* a, int64_t lda, const float* b, int64_t ldb,
          Addend addend, float* c, int64_t ldc, Precision precision);

}  // namespace textvae
