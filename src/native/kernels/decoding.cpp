// Writing text token by token, without gradients: weights prepared once, states changed in place, results in memory that is used again. A
// bfloat16 weight has half the bytes to read for each token, an int8 weight (int8.h) a quarter. A row's result does not depend on the rows
// beside it (gemm.h), so neither does a sentence on its batch.
#include <algorithm>

#include "gemm/gemm.h"
#include "gemm/int8.h"
#include "lstm_cell.h"
#include "parallel.h"

namespace textvae {
namespace {

// y [rows, out] = x [rows, in] W^T + b, whatever W is packed in; b may be null.
void multiply(int32_t precision, int64_t rows, int64_t in, int64_t out, const float* x, const void* packed, const float* b, float* y) {
  if (precision == TEXTVAE_INT8) return int8::product(rows, x, in, static_cast<const int8_t*>(packed), out, b, y);
  const PackedView w(static_cast<const float*>(packed), in, out, precision_of(precision));
  product(Op::kPlain, rows, x, in, w, Addend::row(b), y, out);
}

}  // namespace
}  // namespace textvae

using namespace textvae;

int64_t textvae_packed_bytes(int32_t precision, int64_t out, int64_t in) {
  if (precision == TEXTVAE_INT8) return int8::panels_of(out) * int8::panel_bytes(in);
  return PackedView(nullptr, in, out, static_cast<Precision>(precision)).size() * static_cast<int64_t>(sizeof(float));
}

int32_t textvae_pack(int32_t threads, int32_t precision, int64_t out, int64_t in, const float* w, void* packed) {
  return guarded(threads, [&] {
    PackedView(nullptr, in, out, precision_of(precision)).pack_into(static_cast<float*>(packed), Op::kTransposed, w, in);
  });
}

int32_t textvae_pack_int8(int32_t threads, int64_t out, int64_t in, const int8_t* q, const float* scale, void* packed) {
  return guarded(threads, [&] {
    require_in_range(std::find(q, q + out * in, int8_t{-128}) == q + out * in);
    int8::pack(q, scale, out, in, static_cast<int8_t*>(packed));
  });
}

int32_t textvae_packed_linear(int32_t threads, int32_t precision, int64_t rows, int64_t in, int64_t out, const float* x, const void* packed,
                              const float* b, float* y) {
  return guarded(threads, [&] { multiply(precision, rows, in, out, x, packed, b, y); });
}

int32_t textvae_lstm_step(int32_t threads, int32_t precision, int64_t rows, int64_t in, int64_t hidden, const float* x, float* h, float* c,
                          const void* packed, const float* bias) {
  return guarded(threads, [&] {
    thread_local products::Buffer joined_memory, gates_memory;
    const int64_t width = 4 * hidden;
    float* const joined = joined_memory.at_least(rows * (in + hidden));
    float* const gates = gates_memory.at_least(rows * width);
    for (int64_t r = 0; r < rows; ++r) {
      std::copy_n(h + r * hidden, hidden, std::copy_n(x + r * in, in, joined + r * (in + hidden)));
    }
    multiply(precision, rows, in + hidden, width, joined, packed, nullptr, gates);
    parallel_for(0, rows, 8, [&](int64_t from, int64_t to) {
      activate(gates + from * width, bias, c + from * hidden, c + from * hidden, h + from * hidden, to - from, hidden);
    });
  });
}
