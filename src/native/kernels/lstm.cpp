// textvae::lstm: one LSTM layer over a whole sequence (Hochreiter and Schmidhuber 1997, with the forget
// gate of Gers et al. 2000), gate order i, f, g, o as in PyTorch:
//   i, f, o = sigmoid(..), g = tanh(..);  c_t = f c_{t-1} + i g;  h_t = o tanh(c_t).
// float32 on the CPU takes the kernels below; everything else the composed twin, which autograd
// differentiates by itself.
//
// The batch is cut into chunks of rows that never depend on each other, so a thread runs its chunks
// through all time steps without waiting for another. Inside a chunk everything is time-major.
#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <torch/csrc/autograd/custom_function.h>
#include <torch/library.h>

#include <algorithm>
#include <tuple>
#include <vector>

#include "gemm.h"
#include "lstm_cell.h"
#include "simd_math.h"

namespace textvae {
namespace {

using at::Tensor;
using Result = std::tuple<Tensor, Tensor, Tensor>;

struct Shape {
  int64_t batch, time, in, hidden;
  int64_t gates() const { return 4 * hidden; }
};

Shape check(const Tensor& input, const Tensor& h0, const Tensor& c0, const Tensor& w_ih, const Tensor& w_hh,
            const c10::optional<Tensor>& b_ih, const c10::optional<Tensor>& b_hh) {
  TORCH_CHECK(input.dim() == 3, "lstm: input must be [batch, time, in], got ", input.sizes());
  TORCH_CHECK(w_hh.dim() == 2 && w_hh.size(0) == 4 * w_hh.size(1),
              "lstm: w_hh must be [4*hidden, hidden], got ", w_hh.sizes());
  const Shape s{input.size(0), input.size(1), input.size(2), w_hh.size(1)};
  TORCH_CHECK(s.time > 0, "lstm: input ", input.sizes(), " has no time steps");
  TORCH_CHECK(w_ih.dim() == 2 && w_ih.size(0) == s.gates() && w_ih.size(1) == s.in, "lstm: w_ih must be [",
              s.gates(), ", ", s.in, "] for input ", input.sizes(), " and w_hh ", w_hh.sizes(), ", got ",
              w_ih.sizes());
  for (const Tensor* state : {&h0, &c0}) {
    TORCH_CHECK(state->dim() == 2 && state->size(0) == s.batch && state->size(1) == s.hidden,
                "lstm: initial states must be [", s.batch, ", ", s.hidden, "], got ", state->sizes());
  }
  for (const auto* bias : {&b_ih, &b_hh}) {
    if (!bias->has_value()) continue;
    TORCH_CHECK((*bias)->dim() == 1 && (*bias)->size(0) == s.gates(), "lstm: biases must be [", s.gates(),
                "], got ", (*bias)->sizes());
  }
  for (const Tensor* t : {&h0, &c0, &w_ih, &w_hh}) {
    TORCH_CHECK(t->scalar_type() == input.scalar_type(), "lstm: input is ", input.scalar_type(),
                ", but a state or weight is ", t->scalar_type());
  }
  return s;
}

Tensor sum_of(const c10::optional<Tensor>& a, const c10::optional<Tensor>& b) {
  if (a.has_value() && b.has_value()) return *a + *b;
  return a.has_value() ? *a : b.has_value() ? *b : Tensor();
}

Result lstm_composed(const Tensor& input, const Tensor& h0, const Tensor& c0, const Tensor& w_ih,
                     const Tensor& w_hh, const Tensor& bias) {
  Tensor projected = input.matmul(w_ih.t());  // [batch, time, 4*hidden]
  if (bias.defined()) projected = projected + bias;
  const Tensor w = w_hh.t();
  Tensor h = h0, c = c0;
  std::vector<Tensor> outputs;
  for (int64_t t = 0; t < input.size(1); ++t) {
    const auto gates = (projected.select(1, t) + h.matmul(w)).chunk(4, 1);
    c = gates[1].sigmoid() * c + gates[0].sigmoid() * gates[2].tanh();
    h = gates[3].sigmoid() * c.tanh();
    outputs.push_back(h);
  }
  return {at::stack(outputs, 1), h, c};
}

// How rows of the batch are shared out: at least kFewest rows a chunk (weights are read once a chunk and
// step), at most kMost (so that a step's gates stay in the second-level cache).
struct Chunks {
  static constexpr int64_t kFewest = 4, kMost = 64;
  int64_t batch, rows, count;
  explicit Chunks(int64_t batch) : batch(batch) {
    const int64_t share = (batch + at::get_num_threads() - 1) / at::get_num_threads();
    rows = std::min(std::max(share, kFewest), kMost);
    count = (batch + rows - 1) / rows;
  }
  int64_t begin(int64_t chunk) const { return chunk * rows; }
  int64_t size(int64_t chunk) const { return std::min(rows, batch - begin(chunk)); }
  // A single chunk stays outside any parallel region, where the products use all threads themselves.
  template <typename F>
  void for_each(const F& body) const {
    if (count == 1) {
      body(0);
      return;
    }
    at::parallel_for(0, count, 1, [&](int64_t first, int64_t last) {
      for (int64_t chunk = first; chunk < last; ++chunk) body(chunk);
    });
  }
};

// Gradients with respect to the gates' sums of one step; dh and dc come in as gradients of h_t and c_t,
// dc leaves as the gradient of c_{t-1}.
void differentiate(const float* gates, const float* c_before, const float* c, const float* d_out,
                   int64_t d_out_stride, float* dh, float* dc, float* d_gates, int64_t rows, int64_t hidden) {
  for (int64_t r = 0; r < rows; ++r) {
    const float* i = gates + r * 4 * hidden;
    const float *f = i + hidden, *g = f + hidden, *o = g + hidden;
    const float *before = c_before + r * hidden, *cell = c + r * hidden;
    const float* upstream = d_out == nullptr ? nullptr : d_out + r * d_out_stride;
    float* __restrict h_grad = dh + r * hidden;
    float* __restrict c_grad = dc + r * hidden;
    float* __restrict di = d_gates + r * 4 * hidden;
    float* __restrict df = di + hidden;
    float* __restrict dg = df + hidden;
    float* __restrict d_o = dg + hidden;
    if (upstream != nullptr) {
#pragma omp simd
      for (int64_t j = 0; j < hidden; ++j) h_grad[j] += upstream[j];
    }
#pragma omp simd
    for (int64_t j = 0; j < hidden; ++j) {
      const float squashed = fast_tanh(cell[j]);
      const float d_cell = c_grad[j] + h_grad[j] * o[j] * (1 - squashed * squashed);
      di[j] = d_cell * g[j] * i[j] * (1 - i[j]);
      df[j] = d_cell * before[j] * f[j] * (1 - f[j]);
      dg[j] = d_cell * i[j] * (1 - g[j] * g[j]);
      d_o[j] = h_grad[j] * squashed * o[j] * (1 - o[j]);
      c_grad[j] = d_cell * f[j];
    }
  }
}

// Copies between [batch, time, width] (rows begin..begin+rows) and a chunk's [time, rows, width].
void to_time_major(const float* x, float* y, int64_t rows, int64_t time, int64_t width) {
  for (int64_t t = 0; t < time; ++t) {
    for (int64_t r = 0; r < rows; ++r) {
      std::copy_n(x + (r * time + t) * width, width, y + (t * rows + r) * width);
    }
  }
}

void to_batch_major(const float* x, float* y, int64_t rows, int64_t time, int64_t width) {
  for (int64_t r = 0; r < rows; ++r) {
    for (int64_t t = 0; t < time; ++t) {
      std::copy_n(x + (t * rows + r) * width, width, y + (r * time + t) * width);
    }
  }
}

// Both weights, prepared once for all steps and chunks: W^T for the gates, W for the gradients of input and state.
struct Weights {
  PackedMatrix input, hidden;
  Weights(Op op, const Tensor& w_ih, const Tensor& w_hh, const Shape& s, Precision precision) {
    const bool forward = op == Op::kTransposed;
    input.pack(op, forward ? s.in : s.gates(), forward ? s.gates() : s.in, w_ih.data_ptr<float>(), s.in, precision);
    hidden.pack(op, forward ? s.hidden : s.gates(), forward ? s.gates() : s.hidden, w_hh.data_ptr<float>(), s.hidden,
                precision);
  }
};

// Forward pass alone: one step's gates a chunk is all the memory it takes beside its results.
Result lstm_inference(const Tensor& input, const Tensor& h0, const Tensor& c0, const Tensor& w_ih,
                      const Tensor& w_hh, const Tensor& bias, const Shape& s, Precision precision) {
  const auto options = input.options();
  Tensor output = at::empty({s.batch, s.time, s.hidden}, options);
  Tensor h_n = h0.clone(at::MemoryFormat::Contiguous), c_n = c0.clone(at::MemoryFormat::Contiguous);
  const Weights weights(Op::kTransposed, w_ih, w_hh, s, precision);
  const float* b = bias.data_ptr<float>();
  const float* x = input.data_ptr<float>();
  float *out = output.data_ptr<float>(), *h = h_n.data_ptr<float>(), *c = c_n.data_ptr<float>();
  const Chunks chunks(s.batch);
  const int64_t gates_width = s.gates();
  chunks.for_each([&](int64_t chunk) {
    const int64_t first = chunks.begin(chunk), rows = chunks.size(chunk);
    std::vector<float> gates(rows * gates_width);
    float *state = h + first * s.hidden, *cell = c + first * s.hidden;
    for (int64_t t = 0; t < s.time; ++t) {
      product(Op::kPlain, rows, x + (first * s.time + t) * s.in, s.time * s.in, weights.input, Addend::nothing(),
              gates.data(), gates_width);
      product(Op::kPlain, rows, state, s.hidden, weights.hidden, Addend::matrix(gates.data(), gates_width), gates.data(),
              gates_width);
      activate(gates.data(), b, cell, cell, state, rows, s.hidden);
      for (int64_t r = 0; r < rows; ++r) {
        std::copy_n(state + r * s.hidden, s.hidden, out + ((first + r) * s.time + t) * s.hidden);
      }
    }
  });
  return {output, h_n, c_n};
}

// What the backward pass needs, each chunk's part contiguous: x [time, rows, in], gates [time, rows, 4*hidden],
// h and c [time + 1, rows, hidden] with the initial states first.
struct Saved {
  Tensor x, gates, h, c;
  int64_t chunk_rows;
  Precision precision;
};

std::pair<Result, Saved> lstm_forward(const Tensor& input, const Tensor& h0, const Tensor& c0, const Tensor& w_ih,
                                      const Tensor& w_hh, const Tensor& bias, const Shape& s,
                                      Precision precision) {
  const auto options = input.options();
  const Chunks chunks(s.batch);
  Saved saved{at::empty({s.batch * s.time, s.in}, options), at::empty({s.batch * s.time, s.gates()}, options),
              at::empty({s.batch * (s.time + 1), s.hidden}, options),
              at::empty({s.batch * (s.time + 1), s.hidden}, options), chunks.rows, precision};
  Tensor output = at::empty({s.batch, s.time, s.hidden}, options);
  Tensor h_n = at::empty({s.batch, s.hidden}, options), c_n = at::empty({s.batch, s.hidden}, options);
  const Weights weights(Op::kTransposed, w_ih, w_hh, s, precision);
  const float* b = bias.data_ptr<float>();
  const float *h_first = h0.data_ptr<float>(), *c_first = c0.data_ptr<float>();
  const float* x_all = input.data_ptr<float>();
  float *x_saved = saved.x.data_ptr<float>(), *gates_saved = saved.gates.data_ptr<float>();
  float *h_saved = saved.h.data_ptr<float>(), *c_saved = saved.c.data_ptr<float>();
  float *out = output.data_ptr<float>(), *h_last = h_n.data_ptr<float>(), *c_last = c_n.data_ptr<float>();
  const int64_t width = s.gates();
  chunks.for_each([&](int64_t chunk) {
    const int64_t first = chunks.begin(chunk), rows = chunks.size(chunk), area = rows * s.hidden;
    float* x = x_saved + first * s.time * s.in;
    float* gates = gates_saved + first * s.time * width;
    float* h = h_saved + first * (s.time + 1) * s.hidden;
    float* c = c_saved + first * (s.time + 1) * s.hidden;
    to_time_major(x_all + first * s.time * s.in, x, rows, s.time, s.in);
    std::copy_n(h_first + first * s.hidden, area, h);
    std::copy_n(c_first + first * s.hidden, area, c);
    product(Op::kPlain, s.time * rows, x, s.in, weights.input, Addend::nothing(), gates, width);
    for (int64_t t = 0; t < s.time; ++t) {
      float* step = gates + t * rows * width;
      product(Op::kPlain, rows, h + t * area, s.hidden, weights.hidden, Addend::matrix(step, width), step, width);
      activate(step, b, c + t * area, c + (t + 1) * area, h + (t + 1) * area, rows, s.hidden);
    }
    to_batch_major(h + area, out + first * s.time * s.hidden, rows, s.time, s.hidden);
    std::copy_n(h + s.time * area, area, h_last + first * s.hidden);
    std::copy_n(c + s.time * area, area, c_last + first * s.hidden);
  });
  return {{output, h_n, c_n}, saved};
}

struct Gradients {
  Tensor input, h0, c0, w_ih, w_hh, bias;
};

void start_from(const Tensor& upstream, float* to, int64_t first, int64_t count) {
  if (upstream.defined()) {
    std::copy_n(upstream.data_ptr<float>() + first, count, to);
  } else {
    std::fill_n(to, count, 0.0f);
  }
}

Gradients lstm_backward(const Saved& saved, const Tensor& w_ih, const Tensor& w_hh, const Tensor& d_output,
                        const Tensor& d_h_n, const Tensor& d_c_n, const Shape& s, bool input_needed,
                        bool weights_needed) {
  const auto options = w_ih.options();
  Chunks chunks(s.batch);
  chunks.rows = saved.chunk_rows;
  chunks.count = (s.batch + chunks.rows - 1) / chunks.rows;
  Gradients d;
  d.h0 = at::empty({s.batch, s.hidden}, options);
  d.c0 = at::empty({s.batch, s.hidden}, options);
  if (input_needed) d.input = at::empty({s.batch, s.time, s.in}, options);
  const Tensor d_gates_all = at::empty({s.batch * s.time, s.gates()}, options);
  const float *x_saved = saved.x.data_ptr<float>(), *gates_saved = saved.gates.data_ptr<float>();
  const float *h_saved = saved.h.data_ptr<float>(), *c_saved = saved.c.data_ptr<float>();
  const Weights weights(Op::kPlain, w_ih, w_hh, s, saved.precision);
  const float* d_out = d_output.defined() ? d_output.data_ptr<float>() : nullptr;
  float *dg_all = d_gates_all.data_ptr<float>(), *dh_all = d.h0.data_ptr<float>(), *dc_all = d.c0.data_ptr<float>();
  float* dx_all = input_needed ? d.input.data_ptr<float>() : nullptr;
  const int64_t width = s.gates();
  chunks.for_each([&](int64_t chunk) {
    const int64_t first = chunks.begin(chunk), rows = chunks.size(chunk), area = rows * s.hidden;
    const float* gates = gates_saved + first * s.time * width;
    const float* c = c_saved + first * (s.time + 1) * s.hidden;
    float* d_gates = dg_all + first * s.time * width;
    float *dh = dh_all + first * s.hidden, *dc = dc_all + first * s.hidden;
    start_from(d_h_n, dh, first * s.hidden, area);
    start_from(d_c_n, dc, first * s.hidden, area);
    for (int64_t t = s.time - 1; t >= 0; --t) {
      float* step = d_gates + t * rows * width;
      differentiate(gates + t * rows * width, c + t * area, c + (t + 1) * area,
                    d_out == nullptr ? nullptr : d_out + (first * s.time + t) * s.hidden, s.time * s.hidden, dh,
                    dc, step, rows, s.hidden);
      product(Op::kPlain, rows, step, width, weights.hidden, Addend::nothing(), dh, s.hidden);
    }
    if (dx_all != nullptr) {
      std::vector<float> dx(s.time * rows * s.in);
      product(Op::kPlain, s.time * rows, d_gates, width, weights.input, Addend::nothing(), dx.data(), s.in);
      to_batch_major(dx.data(), dx_all + first * s.time * s.in, rows, s.time, s.in);
    }
  });
  if (!weights_needed) return d;

  d.w_ih = at::empty({width, s.in}, options);
  d.w_hh = at::empty({width, s.hidden}, options);
  d.bias = at::empty({width}, options);
  float *dwi = d.w_ih.data_ptr<float>(), *dwh = d.w_hh.data_ptr<float>(), *db = d.bias.data_ptr<float>();
  // Threads share out rows of the weights; each sums over the chunks in order, so that the result depends
  // on nothing but the number of threads.
  const int64_t share = (width / at::get_num_threads() + 15) / 16 * 16;
  at::parallel_for(0, width, share, [&](int64_t begin, int64_t end) {
    const int64_t count = end - begin;
    LeftMatrix d_gates;
    PackedMatrix factor;
    std::fill(db + begin, db + end, 0.0f);
    for (int64_t chunk = 0; chunk < chunks.count; ++chunk) {
      const int64_t first = chunks.begin(chunk), tokens = chunks.size(chunk) * s.time;
      const float* dg = dg_all + first * s.time * width + begin;
      float *const wi = dwi + begin * s.in, *const wh = dwh + begin * s.hidden;
      d_gates.pack(Op::kTransposed, count, tokens, dg, width, saved.precision);
      factor.pack(Op::kPlain, tokens, s.in, x_saved + first * s.time * s.in, s.in, saved.precision);
      product(d_gates, factor, Addend::matrix_if(chunk > 0, wi, s.in), wi, s.in);
      factor.pack(Op::kPlain, tokens, s.hidden, h_saved + first * (s.time + 1) * s.hidden, s.hidden, saved.precision);
      product(d_gates, factor, Addend::matrix_if(chunk > 0, wh, s.hidden), wh, s.hidden);
      for (int64_t n = 0; n < tokens; ++n) {
        const float* row = dg + n * width;
        float* sum = db + begin;
#pragma omp simd
        for (int64_t j = 0; j < count; ++j) sum[j] += row[j];
      }
    }
  });
  return d;
}

struct LstmFunction : torch::autograd::Function<LstmFunction> {
  using Variables = torch::autograd::variable_list;

  static Variables forward(torch::autograd::AutogradContext* ctx, const Tensor& input, const Tensor& h0,
                           const Tensor& c0, const Tensor& w_ih, const Tensor& w_hh, const Tensor& bias,
                           bool weights_needed) {
    const Shape s{input.size(0), input.size(1), input.size(2), w_hh.size(1)};
    auto [result, saved] = lstm_forward(input, h0, c0, w_ih, w_hh, bias, s, matmul_precision());
    ctx->save_for_backward({w_ih, w_hh, saved.x, saved.gates, saved.h, saved.c});
    ctx->saved_data["chunk_rows"] = saved.chunk_rows;
    ctx->saved_data["precision"] = static_cast<int64_t>(saved.precision);
    ctx->saved_data["sizes"] = std::vector<int64_t>{s.batch, s.time, s.in, s.hidden};
    ctx->saved_data["input"] = input.requires_grad();
    ctx->saved_data["weights"] = weights_needed;
    ctx->set_materialize_grads(false);
    auto& [output, h_n, c_n] = result;
    return {output, h_n, c_n};
  }

  static Variables backward(torch::autograd::AutogradContext* ctx, Variables upstream) {
    TORCH_CHECK(!at::GradMode::is_enabled(), "lstm: float32 has no second derivative; use float64");
    const auto tensors = ctx->get_saved_variables();
    const auto sizes = ctx->saved_data["sizes"].toIntVector();
    const Shape s{sizes[0], sizes[1], sizes[2], sizes[3]};
    const Saved saved{tensors[2], tensors[3], tensors[4], tensors[5], ctx->saved_data["chunk_rows"].toInt(),
                      static_cast<Precision>(ctx->saved_data["precision"].toInt())};
    for (auto& u : upstream) {
      if (u.defined()) u = u.contiguous();
    }
    auto d = lstm_backward(saved, tensors[0], tensors[1], upstream[0], upstream[1], upstream[2], s,
                           ctx->saved_data["input"].toBool(), ctx->saved_data["weights"].toBool());
    return {d.input, d.h0, d.c0, d.w_ih, d.w_hh, d.bias, Tensor()};
  }
};

Result lstm(const Tensor& input, const Tensor& h0, const Tensor& c0, const Tensor& w_ih, const Tensor& w_hh,
            const c10::optional<Tensor>& b_ih, const c10::optional<Tensor>& b_hh) {
  const Shape s = check(input, h0, c0, w_ih, w_hh, b_ih, b_hh);
  if (!input.is_cpu() || input.scalar_type() != at::kFloat || s.batch == 0) {
    return lstm_composed(input, h0, c0, w_ih, w_hh, sum_of(b_ih, b_hh));
  }
  const Tensor given = sum_of(b_ih, b_hh);
  const Tensor bias = given.defined() ? given.contiguous() : at::zeros({s.gates()}, input.options());
  const Tensor x = input.contiguous(), h = h0.contiguous(), c = c0.contiguous(), wi = w_ih.contiguous(),
               wh = w_hh.contiguous();
  const bool weights = w_ih.requires_grad() || w_hh.requires_grad() || bias.requires_grad();
  const bool any = weights || input.requires_grad() || h0.requires_grad() || c0.requires_grad();
  if (!any || !at::GradMode::is_enabled()) {
    const at::NoGradGuard no_grad;
    return lstm_inference(x, h, c, wi, wh, bias, s, matmul_precision());
  }
  const auto results = LstmFunction::apply(x, h, c, wi, wh, bias, weights);
  return {results[0], results[1], results[2]};
}

}  // namespace
}  // namespace textvae

TORCH_LIBRARY_FRAGMENT(textvae, m) {
  m.def(
      "lstm(Tensor input, Tensor h0, Tensor c0, Tensor w_ih, Tensor w_hh, Tensor? b_ih, Tensor? b_hh) -> "
      "(Tensor output, Tensor h_n, Tensor c_n)",
      &textvae::lstm);
}
