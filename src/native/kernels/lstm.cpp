// One LSTM layer over a whole sequence (Hochreiter and Schmidhuber 1997, with the forget gate of Gers et al. 2000), gate order i, f, g, o
// as in PyTorch:
//   i, f, o = sigmoid(..), g = tanh(..);  c_t = f c_{t-1} + i g;  h_t = o tanh(c_t).
//
// The batch is cut into chunks of rows that never depend on each other, so a thread runs its chunks through all time steps without waiting
// for another. Inside a chunk everything is time-major.
#include <algorithm>

#include "gemm/gemm.h"
#include "gemm/simd_math.h"
#include "lstm_cell.h"
#include "parallel.h"

namespace textvae {
namespace {

struct Shape : textvae_lstm_shape {
  explicit Shape(const textvae_lstm_shape& shape) : textvae_lstm_shape(shape) {}
  int64_t gates() const { return 4 * hidden; }
};

// How rows of the batch are shared out: at least kFewest rows a chunk (weights are read once a chunk and step), at most kMost (so that a
// step's gates stay in the second-level cache).
struct Chunks {
  static constexpr int64_t kFewest = 4, kMost = 64;
  int64_t batch, rows, count;

  Chunks(int64_t batch, int64_t rows) : batch(batch), rows(rows), count((batch + rows - 1) / rows) {}
  explicit Chunks(int64_t batch) : Chunks(batch, std::min(std::max((batch + threads() - 1) / threads(), kFewest), kMost)) {}

  int64_t begin(int64_t chunk) const { return chunk * rows; }
  int64_t size(int64_t chunk) const { return std::min(rows, batch - begin(chunk)); }

  // A single chunk stays outside any parallel loop, where the products use all threads themselves.
  template <typename F>
  void for_each(const F& body) const {
    if (count == 1) return body(0);
    parallel_for(0, count, 1, [&](int64_t first, int64_t last) {
      for (int64_t chunk = first; chunk < last; ++chunk) body(chunk);
    });
  }
};

// What the backward pass needs, each chunk's part contiguous: x [time, rows, in], gates [time, rows, 4 hidden], h and c
// [time + 1, rows, hidden] with the initial states first.
template <typename T>
struct Saved {
  T *x, *gates, *h, *c;

  Saved(T* memory, const Shape& s)
      : x(memory), gates(x + x_size(s)), h(gates + gates_size(s)), c(h + states_size(s)) {}

  static int64_t size(const Shape& s) { return x_size(s) + gates_size(s) + 2 * states_size(s); }

 private:
  static int64_t x_size(const Shape& s) { return whole_lines(s.batch * s.time * s.in); }
  static int64_t gates_size(const Shape& s) { return whole_lines(s.batch * s.time * s.gates()); }
  static int64_t states_size(const Shape& s) { return whole_lines(s.batch * (s.time + 1) * s.hidden); }
  // Each array begins on a cache line if the memory does.
  static int64_t whole_lines(int64_t size) { return (size + 15) / 16 * 16; }
};

// Gradients with respect to the gates' sums of one step; dh and dc come in as gradients of h_t and c_t, dc leaves as the gradient of
// c_{t-1}.
void differentiate(const float* gates, const float* c_before, const float* c, const float* d_out, int64_t d_out_stride, float* dh,
                   float* dc, float* d_gates, int64_t rows, int64_t hidden) {
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
    for (int64_t r = 0; r < rows; ++r) std::copy_n(x + (r * time + t) * width, width, y + (t * rows + r) * width);
  }
}

void to_batch_major(const float* x, float* y, int64_t rows, int64_t time, int64_t width) {
  for (int64_t r = 0; r < rows; ++r) {
    for (int64_t t = 0; t < time; ++t) std::copy_n(x + (t * rows + r) * width, width, y + (r * time + t) * width);
  }
}

void copy_or_clear(const float* from, float* to, int64_t first, int64_t count) {
  if (from != nullptr) {
    std::copy_n(from + first, count, to);
  } else {
    std::fill_n(to, count, 0.0f);
  }
}

// Both weights, prepared once for all steps and chunks: W^T for the gates, W for the gradients of input and state.
struct Weights {
  PackedMatrix input, hidden;

  void pack(Op op, const float* w_ih, const float* w_hh, const Shape& s, Precision precision) {
    const bool forward = op == Op::kTransposed;
    input.pack(op, forward ? s.in : s.gates(), forward ? s.gates() : s.in, w_ih, s.in, precision);
    hidden.pack(op, forward ? s.hidden : s.gates(), forward ? s.gates() : s.hidden, w_hh, s.hidden, precision);
  }
};

// The calling thread's, in memory that the next call uses again.
const Weights& prepare(Op op, const float* w_ih, const float* w_hh, const Shape& s, Precision precision) {
  thread_local Weights weights;
  weights.pack(op, w_ih, w_hh, s, precision);
  return weights;
}

// Forward pass alone: one step's gates per chunk is all the memory it takes beside its results. h and c change from the first states to
// the last.
void infer(const Shape& s, const Chunks& chunks, const float* x, const Weights& weights, const float* bias, float* output, float* h,
           float* c) {
  const int64_t width = s.gates();
  chunks.for_each([&](int64_t chunk) {
    const int64_t first = chunks.begin(chunk), rows = chunks.size(chunk);
    thread_local products::Buffer memory;
    float* const gates = memory.at_least(rows * width);
    float *state = h + first * s.hidden, *cell = c + first * s.hidden;
    for (int64_t t = 0; t < s.time; ++t) {
      product(Op::kPlain, rows, x + (first * s.time + t) * s.in, s.time * s.in, weights.input, Addend::nothing(), gates, width);
      product(Op::kPlain, rows, state, s.hidden, weights.hidden, Addend::matrix(gates, width), gates, width);
      activate(gates, bias, cell, cell, state, rows, s.hidden);
      for (int64_t r = 0; r < rows; ++r) std::copy_n(state + r * s.hidden, s.hidden, output + ((first + r) * s.time + t) * s.hidden);
    }
  });
}

void forward(const Shape& s, const Chunks& chunks, const float* all_x, const float* h0, const float* c0, const Weights& weights,
             const float* bias, float* output, float* h_n, float* c_n, const Saved<float>& saved) {
  const int64_t width = s.gates();
  chunks.for_each([&](int64_t chunk) {
    const int64_t first = chunks.begin(chunk), rows = chunks.size(chunk), area = rows * s.hidden;
    float* x = saved.x + first * s.time * s.in;
    float* gates = saved.gates + first * s.time * width;
    float* h = saved.h + first * (s.time + 1) * s.hidden;
    float* c = saved.c + first * (s.time + 1) * s.hidden;
    to_time_major(all_x + first * s.time * s.in, x, rows, s.time, s.in);
    std::copy_n(h0 + first * s.hidden, area, h);
    std::copy_n(c0 + first * s.hidden, area, c);
    product(Op::kPlain, s.time * rows, x, s.in, weights.input, Addend::nothing(), gates, width);
    for (int64_t t = 0; t < s.time; ++t) {
      float* step = gates + t * rows * width;
      product(Op::kPlain, rows, h + t * area, s.hidden, weights.hidden, Addend::matrix(step, width), step, width);
      activate(step, bias, c + t * area, c + (t + 1) * area, h + (t + 1) * area, rows, s.hidden);
    }
    to_batch_major(h + area, output + first * s.time * s.hidden, rows, s.time, s.hidden);
    std::copy_n(h + s.time * area, area, h_n + first * s.hidden);
    std::copy_n(c + s.time * area, area, c_n + first * s.hidden);
  });
}

// Gradients of input and first states, and of the gates' sums, [time, rows, 4 hidden] of each chunk.
void backward(const Shape& s, const Chunks& chunks, const Weights& weights, const Saved<const float>& saved, const float* d_output,
              const float* d_h_n, const float* d_c_n, float* d_x, float* d_h0, float* d_c0, float* all_d_gates) {
  const int64_t width = s.gates();
  chunks.for_each([&](int64_t chunk) {
    const int64_t first = chunks.begin(chunk), rows = chunks.size(chunk), area = rows * s.hidden;
    const float* gates = saved.gates + first * s.time * width;
    const float* c = saved.c + first * (s.time + 1) * s.hidden;
    float* d_gates = all_d_gates + first * s.time * width;
    float *dh = d_h0 + first * s.hidden, *dc = d_c0 + first * s.hidden;
    copy_or_clear(d_h_n, dh, first * s.hidden, area);
    copy_or_clear(d_c_n, dc, first * s.hidden, area);
    for (int64_t t = s.time - 1; t >= 0; --t) {
      float* step = d_gates + t * rows * width;
      differentiate(gates + t * rows * width, c + t * area, c + (t + 1) * area,
                    d_output == nullptr ? nullptr : d_output + (first * s.time + t) * s.hidden, s.time * s.hidden, dh, dc, step, rows,
                    s.hidden);
      product(Op::kPlain, rows, step, width, weights.hidden, Addend::nothing(), dh, s.hidden);
    }
    if (d_x != nullptr) {
      thread_local products::Buffer memory;
      float* const dx = memory.at_least(s.time * rows * s.in);
      product(Op::kPlain, s.time * rows, d_gates, width, weights.input, Addend::nothing(), dx, s.in);
      to_batch_major(dx, d_x + first * s.time * s.in, rows, s.time, s.in);
    }
  });
}

// Threads share out rows of the weights; each sums over the chunks in order, so that the result depends on nothing but the number of
// threads.
void weight_gradients(const Shape& s, const Chunks& chunks, const Saved<const float>& saved, const float* all_d_gates, Precision precision,
                      float* d_w_ih, float* d_w_hh, float* d_bias) {
  const int64_t width = s.gates(), share = (width / threads() + 15) / 16 * 16;
  parallel_for(0, width, share, [&](int64_t begin, int64_t end) {
    const int64_t count = end - begin;
    float *const wi = d_w_ih + begin * s.in, *const wh = d_w_hh + begin * s.hidden, *const sum = d_bias + begin;
    thread_local LeftMatrix d_gates;
    thread_local PackedMatrix factor;
    std::fill_n(sum, count, 0.0f);
    for (int64_t chunk = 0; chunk < chunks.count; ++chunk) {
      const int64_t first = chunks.begin(chunk), tokens = chunks.size(chunk) * s.time;
      const float* dg = all_d_gates + first * s.time * width + begin;
      d_gates.pack(Op::kTransposed, count, tokens, dg, width, precision);
      factor.pack(Op::kPlain, tokens, s.in, saved.x + first * s.time * s.in, s.in, precision);
      product(d_gates, factor, Addend::matrix_if(chunk > 0, wi, s.in), wi, s.in);
      factor.pack(Op::kPlain, tokens, s.hidden, saved.h + first * (s.time + 1) * s.hidden, s.hidden, precision);
      product(d_gates, factor, Addend::matrix_if(chunk > 0, wh, s.hidden), wh, s.hidden);
      for (int64_t n = 0; n < tokens; ++n) {
        const float* row = dg + n * width;
#pragma omp simd
        for (int64_t j = 0; j < count; ++j) sum[j] += row[j];
      }
    }
  });
}

}  // namespace
}  // namespace textvae

using namespace textvae;

int64_t textvae_lstm_saved_size(const textvae_lstm_shape* shape) { return Saved<float>::size(Shape(*shape)); }

int32_t textvae_lstm_forward(int32_t threads, int32_t precision, const textvae_lstm_shape* shape, const float* x, const float* h0,
                             const float* c0, const float* w_ih, const float* w_hh, const float* bias, float* output, float* h_n,
                             float* c_n, float* saved, int64_t* chunk_rows) {
  return guarded(threads, [&] {
    const Shape s(*shape);
    const Chunks chunks(s.batch);
    const Weights& weights = prepare(Op::kTransposed, w_ih, w_hh, s, precision_of(precision));
    *chunk_rows = chunks.rows;
    if (saved != nullptr) return forward(s, chunks, x, h0, c0, weights, bias, output, h_n, c_n, {saved, s});
    std::copy_n(h0, s.batch * s.hidden, h_n);
    std::copy_n(c0, s.batch * s.hidden, c_n);
    infer(s, chunks, x, weights, bias, output, h_n, c_n);
  });
}

int32_t textvae_lstm_backward(int32_t threads, int32_t precision, const textvae_lstm_shape* shape, int64_t chunk_rows, const float* w_ih,
                              const float* w_hh, const float* saved, const float* d_output, const float* d_h_n, const float* d_c_n,
                              float* d_x, float* d_h0, float* d_c0, float* d_w_ih, float* d_w_hh, float* d_bias) {
  return guarded(threads, [&] {
    const Shape s(*shape);
    const Chunks chunks(s.batch, chunk_rows);
    const Precision type = precision_of(precision);
    const Saved<const float> all(saved, s);
    thread_local products::Buffer memory;
    float* const d_gates = memory.at_least(s.batch * s.time * s.gates());
    backward(s, chunks, prepare(Op::kPlain, w_ih, w_hh, s, type), all, d_output, d_h_n, d_c_n, d_x, d_h0, d_c0, d_gates);
    if (d_w_ih != nullptr) weight_gradients(s, chunks, all, d_gates, type, d_w_ih, d_w_hh, d_bias);
  });
}
