// Writing text token by token, without gradients: weights prepared once, states changed in place, results in memory
// that is used again.
//   pack_weight     W [out, in] as the products want it; bfloat16 when that is the mode, half the bytes to read a token
//   pack_int8       the same of an int8 W with a scale a row (int8.h), a quarter of the bytes
//   packed_linear   x W^T + b
//   lstm_step       one time step of an LSTM layer (see lstm.cpp)
// A row's result does not depend on the rows beside it (gemm.h), so neither does a sentence on its batch.
#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <torch/library.h>

#include "gemm.h"
#include "int8.h"
#include "lstm_cell.h"

namespace textvae {
namespace {

using at::Tensor;

void check_input(const char* name, const Tensor& x) {
  TORCH_CHECK(x.is_cpu() && x.scalar_type() == at::kFloat && x.dim() == 2 && x.is_contiguous(), name,
              ": needs contiguous float32 matrices on the CPU, got ", x.scalar_type(), " ", x.sizes());
}

// [panels, depth, columns of a panel]; a bfloat16 panel has the two neighbours in k side by side.
Tensor pack_weight(const Tensor& weight) {
  TORCH_CHECK(weight.dim() == 2, "pack_weight: needs a matrix [out, in], got ", weight.sizes());
  const Tensor w = weight.detach().contiguous();
  check_input("pack_weight", w);
  const Precision precision = matmul_precision();
  const int64_t out = w.size(0), in = w.size(1);
  PackedView view(nullptr, in, out, precision);
  const bool half = precision == Precision::kBFloat16;
  const Tensor packed = at::empty({view.panels(), products::depth_of(in, precision), products::kPanel * (half ? 2 : 1)},
                                  w.options().dtype(half ? at::kBFloat16 : at::kFloat));
  view.pack_into(static_cast<float*>(packed.data_ptr()), Op::kTransposed, w.data_ptr<float>(), in);
  return packed;
}

Tensor pack_int8(const Tensor& weight, const Tensor& scale) {
  TORCH_CHECK(weight.is_cpu() && weight.scalar_type() == at::kChar && weight.dim() == 2 && weight.is_contiguous(),
              "pack_int8: needs a contiguous int8 matrix [out, in] on the CPU, got ", weight.scalar_type(), " ", weight.sizes());
  const int64_t out = weight.size(0), in = weight.size(1);
  TORCH_CHECK(scale.scalar_type() == at::kFloat && scale.dim() == 1 && scale.size(0) == out && scale.is_contiguous(),
              "pack_int8: scales must be float32 [", out, "], got ", scale.scalar_type(), " ", scale.sizes());
  TORCH_CHECK(weight.numel() == 0 || weight.min().item<int8_t>() > -128, "pack_int8: weights must be within -127 and 127");
  const Tensor packed = at::empty({int8::panels_of(out), int8::panel_bytes(in)}, weight.options());
  int8::pack(weight.data_ptr<int8_t>(), scale.data_ptr<float>(), out, in, packed.data_ptr<int8_t>());
  return packed;
}

PackedView view_of(const char* name, const Tensor& packed, int64_t in, int64_t out) {
  const PackedView view(static_cast<const float*>(packed.data_ptr()), in, out,
                        packed.scalar_type() == at::kBFloat16 ? Precision::kBFloat16 : Precision::kFloat32);
  TORCH_CHECK(view.size() * 4 == static_cast<int64_t>(packed.nbytes()), name, ": the packed weight ", packed.sizes(),
              " is not one of [", out, ", ", in, "]");
  return view;
}

// y = x W^T + b, whatever W is packed in; matrices contiguous.
void multiply(const char* name, int64_t rows, const float* x, int64_t in, const Tensor& packed, int64_t out, const float* bias,
              float* y) {
  if (packed.scalar_type() == at::kChar) {
    TORCH_CHECK(packed.dim() == 2 && packed.size(0) == int8::panels_of(out) && packed.size(1) == int8::panel_bytes(in), name,
                ": the packed weight ", packed.sizes(), " is not one of [", out, ", ", in, "]");
    return int8::product(rows, x, in, packed.data_ptr<int8_t>(), out, bias, y);
  }
  const PackedView w = view_of(name, packed, in, out);
  product(Op::kPlain, rows, x, in, w, Addend::row(bias), y, out);
}

void packed_linear(const Tensor& input, const Tensor& packed, const c10::optional<Tensor>& bias, const Tensor& output) {
  check_input("packed_linear", input);
  check_input("packed_linear", output);
  const int64_t rows = input.size(0), width = output.size(1);
  TORCH_CHECK(output.size(0) == rows, "packed_linear: ", rows, " rows in and ", output.size(0), " out");
  Tensor b;
  if (bias.has_value()) {
    TORCH_CHECK(bias->dim() == 1 && bias->size(0) == width && bias->scalar_type() == at::kFloat,
                "packed_linear: bias must be float32 [", width, "], got ", bias->scalar_type(), " ", bias->sizes());
    b = bias->contiguous();
  }
  multiply("packed_linear", rows, input.data_ptr<float>(), input.size(1), packed, width, b.defined() ? b.data_ptr<float>() : nullptr,
           output.data_ptr<float>());
}

// packed is of [w_ih, w_hh] side by side, [4*hidden, in + hidden].
void lstm_step(const Tensor& input, const Tensor& h, const Tensor& c, const Tensor& packed, const Tensor& bias) {
  for (const Tensor* t : {&input, &h, &c}) check_input("lstm_step", *t);
  const int64_t rows = input.size(0), in = input.size(1), hidden = h.size(1), width = 4 * hidden;
  TORCH_CHECK(h.size(0) == rows && c.sizes() == h.sizes(), "lstm_step: states ", h.sizes(), " and ", c.sizes(),
              " do not fit an input ", input.sizes());
  TORCH_CHECK(bias.dim() == 1 && bias.size(0) == width && bias.is_contiguous() && bias.scalar_type() == at::kFloat,
              "lstm_step: bias must be float32 [", width, "], got ", bias.sizes());
  thread_local products::Buffer joined, gate_memory;
  float* const x = joined.at_least(rows * (in + hidden));
  float* const gates = gate_memory.at_least(rows * width);
  float *const state = h.data_ptr<float>(), *const cell = c.data_ptr<float>();
  for (int64_t r = 0; r < rows; ++r) {
    std::copy_n(state + r * hidden, hidden, std::copy_n(input.data_ptr<float>() + r * in, in, x + r * (in + hidden)));
  }
  multiply("lstm_step", rows, x, in + hidden, packed, width, nullptr, gates);
  at::parallel_for(0, rows, 8, [&](int64_t from, int64_t to) {
    activate(gates + from * width, bias.data_ptr<float>(), cell + from * hidden, cell + from * hidden,
             state + from * hidden, to - from, hidden);
  });
}

}  // namespace
}  // namespace textvae

TORCH_LIBRARY_FRAGMENT(textvae, m) {
  m.def("pack_weight(Tensor weight) -> Tensor", &textvae::pack_weight);
  m.def("pack_int8(Tensor weight, Tensor scale) -> Tensor", &textvae::pack_int8);
  m.def("packed_linear(Tensor input, Tensor packed, Tensor? bias, Tensor(a!) output) -> ()", &textvae::packed_linear);
  m.def("lstm_step(Tensor input, Tensor(a!) h, Tensor(b!) c, Tensor packed, Tensor bias) -> ()", &textvae::lstm_step);
}
