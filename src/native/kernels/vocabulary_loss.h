// The loss of an output layer over a vocabulary and its gradients, pass by pass and tile by tile; linear_cross_entropy.cpp
// says how.
#pragma once

#include <ATen/ATen.h>
#include <ATen/Parallel.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <vector>

#include "gemm.h"
#include "simd_math.h"
#include "targets.h"

namespace textvae {

constexpr int64_t kTileWidth = 256;            // words a tile
constexpr int64_t kPassFloats = 4 << 20;       // logits held at once: 16 MiB
constexpr int64_t kMostTokens = 384, kFewestTokens = 16;

// Maximum m and sum of e^(logit - m) of the part of a row seen so far, and the sum of its words' logits.
struct Normaliser {
  float maximum = -std::numeric_limits<float>::infinity();
  float sum = 0;
  float wanted = 0;
};

// Turns logits of one row and tile into e^(logit - m).
inline Normaliser exponentiate(float* __restrict row, int64_t width) {
  float maximum = -std::numeric_limits<float>::infinity();
#pragma omp simd reduction(max : maximum)
  for (int64_t j = 0; j < width; ++j) maximum = row[j] > maximum ? row[j] : maximum;
  float sum = 0;
#pragma omp simd reduction(+ : sum)
  for (int64_t j = 0; j < width; ++j) {
    row[j] = fast_exp(row[j] - maximum);
    sum += row[j];
  }
  return {maximum, sum};
}

struct Loss {
  const Tokens& tokens;
  const float *input, *weight, *bias;
  int64_t vocabulary, hidden;
  bool gradients, weight_gradient, input_gradient;
  Precision precision;
  float upstream = 1;  // what the gradients are multiplied by
  float *d_input = nullptr, *d_weight = nullptr, *d_bias = nullptr;  // d_input of the gathered tokens
  float* token_loss = nullptr;                                       // of the gathered tokens
  LeftMatrix left_input;     // a pass's tokens, prepared for the logits
  PackedMatrix right_input;  // and for the gradient of the weight

  Loss(const Tokens& tokens, const float* input, const float* weight, const float* bias, int64_t vocabulary,
       int64_t hidden, bool weight_gradient, bool input_gradient, Precision precision)
      : tokens(tokens), input(input), weight(weight), bias(bias), vocabulary(vocabulary), hidden(hidden),
        gradients(weight_gradient || input_gradient), weight_gradient(weight_gradient),
        input_gradient(input_gradient), precision(precision) {}

  float gradient_weight(int64_t token) const { return upstream * tokens.weight[token]; }
  int64_t tiles() const { return (vocabulary + kTileWidth - 1) / kTileWidth; }
  int64_t tile_begin(int64_t tile) const { return tile * kTileWidth; }
  int64_t tile_width(int64_t tile) const { return std::min(kTileWidth, vocabulary - tile_begin(tile)); }

  void run() {
    const int64_t fit = std::max(kFewestTokens, kPassFloats / vocabulary);
    const int64_t passes = (tokens.count() + std::min(fit, kMostTokens) - 1) / std::min(fit, kMostTokens);
    const int64_t rows = (tokens.count() + passes - 1) / passes;
    const int64_t threads = std::min<int64_t>(at::get_num_threads(), tiles());
    const auto options = at::TensorOptions().dtype(at::kFloat);
    const at::Tensor logits = at::empty({gradients ? rows * vocabulary : threads * rows * kTileWidth}, options);
    const at::Tensor partial = at::empty({input_gradient ? threads * rows * hidden : 0}, options);
    for (int64_t first = 0; first < tokens.count(); first += rows) {
      pass(first, std::min(rows, tokens.count() - first), threads, logits.data_ptr<float>(),
           partial.data_ptr<float>());
    }
  }

  void pass(int64_t first, int64_t rows, int64_t threads, float* logits, float* partial) {
    const float* x = input + first * hidden;
    left_input.pack(Op::kPlain, rows, hidden, x, hidden, precision);
    if (weight_gradient) right_input.pack(Op::kPlain, rows, hidden, x, hidden, precision);
    std::vector<Normaliser> parts(tiles() * rows);
    // A static share of tiles a thread, the same in both halves, so that a tile stays near its core.
    const auto share = [&](int64_t thread) { return tiles() * thread / threads; };
    at::parallel_for(0, threads, 1, [&](int64_t from, int64_t to) {
      PackedMatrix words;
      for (int64_t thread = from; thread < to; ++thread) {
        for (int64_t tile = share(thread); tile < share(thread + 1); ++tile) {
          const int64_t begin = tile_begin(tile), width = tile_width(tile);
          float* block = logits + (gradients ? begin * rows : thread * rows * kTileWidth);
          words.pack(Op::kTransposed, hidden, width, weight + begin * hidden, hidden, precision);
          product(left_input, words, Addend::row(bias + begin), block, width);
          for (int64_t r = 0; r < rows; ++r) {
            float wanted = 0;
            tokens.each(first + r, begin, width, [&](int64_t word, float number) {
              wanted += number * block[r * width + word];
            });
            parts[tile * rows + r] = exponentiate(block + r * width, width);
            parts[tile * rows + r].wanted = wanted;
          }
        }
      }
    });

    at::parallel_for(0, rows, 32, [&](int64_t from, int64_t to) {
      for (int64_t r = from; r < to; ++r) normalise(parts.data() + r, rows, first + r);
    });
    if (!gradients) return;

    at::parallel_for(0, threads, 1, [&](int64_t from, int64_t to) {
      PackedMatrix words;
      LeftMatrix d_logits;
      for (int64_t thread = from; thread < to; ++thread) {
        float* d_x = partial + thread * rows * hidden;
        for (int64_t tile = share(thread); tile < share(thread + 1); ++tile) {
          const int64_t begin = tile_begin(tile), width = tile_width(tile);
          float* block = logits + begin * rows;
          differentiate(block, parts.data() + tile * rows, first, rows, begin, width);
          if (input_gradient) {
            words.pack(Op::kPlain, width, hidden, weight + begin * hidden, hidden, precision);
            d_logits.pack(Op::kPlain, rows, width, block, width, precision);
            product(d_logits, words, Addend::matrix_if(tile > share(thread), d_x, hidden), d_x, hidden);
          }
          if (weight_gradient) {
            d_logits.pack(Op::kTransposed, width, rows, block, width, precision);
            float* const d_words = d_weight + begin * hidden;
            product(d_logits, right_input, Addend::matrix_if(first > 0, d_words, hidden), d_words, hidden);
          }
        }
      }
    });
    if (!input_gradient) return;
    const int64_t area = rows * hidden;
    float* sum = d_input + first * hidden;
    at::parallel_for(0, area, 16384, [&](int64_t from, int64_t to) {
      std::copy(partial + from, partial + to, sum + from);
      for (int64_t thread = 1; thread < threads; ++thread) {
        const float* part = partial + thread * area;
#pragma omp simd
        for (int64_t i = from; i < to; ++i) sum[i] += part[i];
      }
    });
  }

  // A token's loss from its parts, `stride` from one tile to the next:
  //   log sum_v e^{l_v} = m + log sum_tiles s_tile e^{m_tile - m};
  // a tile's softmax is its e^(l - m_tile) times e^(m_tile - m) / sum, which takes the sum's place.
  void normalise(Normaliser* parts, int64_t stride, int64_t token) const {
    float maximum = parts[0].maximum;
    for (int64_t k = 1; k < tiles(); ++k) maximum = std::max(maximum, parts[k * stride].maximum);
    float sum = 0, wanted = 0;
    for (int64_t k = 0; k < tiles(); ++k) {
      const Normaliser& part = parts[k * stride];
      sum += part.sum * std::exp(part.maximum - maximum);
      wanted += part.wanted;
    }
    const float total = tokens.total[token];
    token_loss[token] = (total * maximum - wanted) + total * std::log(sum);
    const float scale = gradient_weight(token) * total / sum;
    for (int64_t k = 0; k < tiles(); ++k) {
      Normaliser& part = parts[k * stride];
      part.sum = scale * std::exp(part.maximum - maximum);
    }
  }

  // d logit_v = w (total softmax_v - number_v), in place; its column sums are the gradient of the bias.
  void differentiate(float* block, const Normaliser* parts, int64_t first, int64_t rows, int64_t begin,
                     int64_t width) {
    float* __restrict bias_sum = d_bias + begin;
    if (first == 0) std::fill_n(bias_sum, width, 0.0f);
    for (int64_t r = 0; r < rows; ++r) {
      float* __restrict row = block + r * width;
      const float scale = parts[r].sum;
#pragma omp simd
      for (int64_t j = 0; j < width; ++j) {
        row[j] *= scale;
        bias_sum[j] += row[j];
      }
      tokens.each(first + r, begin, width, [&](int64_t word, float number) {
        row[word] -= gradient_weight(first + r) * number;
        bias_sum[word] -= gradient_weight(first + r) * number;
      });
    }
  }
};

}  // namespace textvae
