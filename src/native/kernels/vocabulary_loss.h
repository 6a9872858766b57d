// The loss of an output layer over a vocabulary and its gradients, pass by pass and tile by tile; linear_cross_entropy.cpp says how.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <vector>

#include "gemm/gemm.h"
#include "gemm/simd_math.h"
#include "targets.h"

namespace textvae {

constexpr int64_t kTileWidth = 256;       // words a tile
constexpr int64_t kPassFloats = 4 << 20;  // logits held at once: 16 MiB
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

// A projection onto the vocabulary, and where its loss and gradients go: rows of all tokens, also of those that do not count. Gradients are
// those of `upstream` times the loss; d_input and d_weight are null where they are not wanted, d_bias where neither is.
struct Projection {
  int64_t hidden, vocabulary;
  const float *input, *weight, *bias;
  float upstream;
  float *token_loss, *d_input, *d_weight, *d_bias;
};

// What one thread works with and keeps: a pass touches as much memory every time.
struct Workspace {
  products::Buffer logits, partial, gathered;
  std::vector<Normaliser> parts;
  LeftMatrix left_input;     // a pass's tokens, prepared for the logits
  PackedMatrix right_input;  // and for the gradient of the weight
};

class Loss {
 public:
  Loss(const Projection& projection, const Tokens& tokens, Precision precision, Workspace& workspace)
      : p_(projection), tokens_(tokens), precision_(precision), work_(workspace), hidden_(p_.hidden), vocabulary_(p_.vocabulary),
        gradients_(p_.d_bias != nullptr) {}

  // Writes what belongs to tokens that count; returns the sum of weight times loss.
  double run() {
    const int64_t count = tokens_.count();
    if (count == 0) return 0;
    const int64_t fit = std::max(kFewestTokens, kPassFloats / vocabulary_);
    const int64_t passes = (count + std::min(fit, kMostTokens) - 1) / std::min(fit, kMostTokens);
    const int64_t rows = (count + passes - 1) / passes;
    for (int64_t first = 0; first < count; first += rows) pass(first, std::min(rows, count - first));
    double sum = 0;
    for (int64_t n = 0; n < count; ++n) sum += static_cast<double>(tokens_.weight[n]) * p_.token_loss[tokens_.index[n]];
    return sum;
  }

 private:
  const Projection& p_;
  const Tokens& tokens_;
  const Precision precision_;
  Workspace& work_;
  const int64_t hidden_, vocabulary_;
  const bool gradients_;

  float gradient_weight(int64_t token) const { return p_.upstream * tokens_.weight[token]; }
  int64_t tiles() const { return (vocabulary_ + kTileWidth - 1) / kTileWidth; }
  int64_t tile_begin(int64_t tile) const { return tile * kTileWidth; }
  int64_t tile_width(int64_t tile) const { return std::min(kTileWidth, vocabulary_ - tile_begin(tile)); }

  // The input of a pass.
  const float* input_of(int64_t first, int64_t rows) const {
    if (tokens_.all_count()) return p_.input + first * hidden_;
    float* const gathered = work_.gathered.at_least(rows * hidden_);
    for (int64_t r = 0; r < rows; ++r) std::copy_n(p_.input + tokens_.index[first + r] * hidden_, hidden_, gathered + r * hidden_);
    return gathered;
  }

  void pass(int64_t first, int64_t rows) {
    const float* x = input_of(first, rows);
    work_.left_input.pack(Op::kPlain, rows, hidden_, x, hidden_, precision_);
    if (p_.d_weight != nullptr) work_.right_input.pack(Op::kPlain, rows, hidden_, x, hidden_, precision_);
    work_.parts.resize(tiles() * rows);
    Normaliser* const parts = work_.parts.data();
    // A static share of tiles a thread, the same in both halves, so that a tile stays near its core.
    const int64_t shares = std::min(threads(), tiles());
    const auto share = [&](int64_t thread) { return tiles() * thread / shares; };
    float* const logits = work_.logits.at_least(gradients_ ? rows * vocabulary_ : shares * rows * kTileWidth);
    parallel_for(0, shares, 1, [&](int64_t from, int64_t to) {
      thread_local PackedMatrix words;
      for (int64_t thread = from; thread < to; ++thread) {
        for (int64_t tile = share(thread); tile < share(thread + 1); ++tile) {
          const int64_t begin = tile_begin(tile), width = tile_width(tile);
          float* block = logits + (gradients_ ? begin * rows : thread * rows * kTileWidth);
          words.pack(Op::kTransposed, hidden_, width, p_.weight + begin * hidden_, hidden_, precision_);
          product(work_.left_input, words, Addend::row(p_.bias + begin), block, width);
          for (int64_t r = 0; r < rows; ++r) {
            float wanted = 0;
            tokens_.each(first + r, begin, width, [&](int64_t word, float number) { wanted += number * block[r * width + word]; });
            parts[tile * rows + r] = exponentiate(block + r * width, width);
            parts[tile * rows + r].wanted = wanted;
          }
        }
      }
    });

    parallel_for(0, rows, 32, [&](int64_t from, int64_t to) {
      for (int64_t r = from; r < to; ++r) normalise(parts + r, rows, first + r);
    });
    if (!gradients_) return;

    float* const partial = p_.d_input == nullptr ? nullptr : work_.partial.at_least(shares * rows * hidden_);
    parallel_for(0, shares, 1, [&](int64_t from, int64_t to) {
      thread_local PackedMatrix words;
      thread_local LeftMatrix d_logits;
      for (int64_t thread = from; thread < to; ++thread) {
        for (int64_t tile = share(thread); tile < share(thread + 1); ++tile) {
          const int64_t begin = tile_begin(tile), width = tile_width(tile);
          float* block = logits + begin * rows;
          differentiate(block, parts + tile * rows, first, rows, begin, width);
          if (partial != nullptr) {
            float* const d_x = partial + thread * rows * hidden_;
            words.pack(Op::kPlain, width, hidden_, p_.weight + begin * hidden_, hidden_, precision_);
            d_logits.pack(Op::kPlain, rows, width, block, width, precision_);
            product(d_logits, words, Addend::matrix_if(tile > share(thread), d_x, hidden_), d_x, hidden_);
          }
          if (p_.d_weight != nullptr) {
            float* const d_words = p_.d_weight + begin * hidden_;
            d_logits.pack(Op::kTransposed, width, rows, block, width, precision_);
            product(d_logits, work_.right_input, Addend::matrix_if(first > 0, d_words, hidden_), d_words, hidden_);
          }
        }
      }
    });
    if (partial == nullptr) return;
    parallel_for(0, rows, std::max<int64_t>(1, 16384 / std::max<int64_t>(hidden_, 1)), [&](int64_t from, int64_t to) {
      for (int64_t r = from; r < to; ++r) {
        float* __restrict sum = p_.d_input + tokens_.index[first + r] * hidden_;
        std::copy_n(partial + r * hidden_, hidden_, sum);
        for (int64_t thread = 1; thread < shares; ++thread) {
          const float* part = partial + (thread * rows + r) * hidden_;
#pragma omp simd
          for (int64_t j = 0; j < hidden_; ++j) sum[j] += part[j];
        }
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
    const float total = tokens_.total[token];
    p_.token_loss[tokens_.index[token]] = (total * maximum - wanted) + total * std::log(sum);
    const float scale = gradient_weight(token) * total / sum;
    for (int64_t k = 0; k < tiles(); ++k) {
      Normaliser& part = parts[k * stride];
      part.sum = scale * std::exp(part.maximum - maximum);
    }
  }

  // d logit_v = w (total softmax_v - number_v), in place; its column sums are the gradient of the bias.
  void differentiate(float* block, const Normaliser* parts, int64_t first, int64_t rows, int64_t begin, int64_t width) const {
    float* __restrict bias_sum = p_.d_bias + begin;
    if (first == 0) std::fill_n(bias_sum, width, 0.0f);
    for (int64_t r = 0; r < rows; ++r) {
      float* __restrict row = block + r * width;
      const float scale = parts[r].sum;
#pragma omp simd
      for (int64_t j = 0; j < width; ++j) {
        row[j] *= scale;
        bias_sum[j] += row[j];
      }
      tokens_.each(first + r, begin, width, [&](int64_t word, float number) {
        row[word] -= gradient_weight(first + r) * number;
        bias_sum[word] -= gradient_weight(first + r) * number;
      });
    }
  }
};

}  // namespace textvae
