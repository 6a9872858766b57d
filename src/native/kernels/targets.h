// The words that rows of a vocabulary's logits are to predict, for linear_cross_entropy.cpp.
#pragma once

#include <ATen/ATen.h>

#include <algorithm>
#include <cstdint>
#include <numeric>
#include <vector>

namespace textvae {

// Rows of input and weights of the tokens that count, in order, with the words each is to predict: one word once,
// or, of a document, ascending words with their numbers.
struct Tokens {
  at::Tensor input;  // [count, hidden]
  std::vector<int64_t> index;
  std::vector<float> weight;
  std::vector<int64_t> word, begin;  // row r has entries begin[r] .. begin[r + 1]
  std::vector<float> number, total;  // of each entry, and their sum of each row
  int64_t count() const { return static_cast<int64_t>(index.size()); }

  // Calls f(place in the tile, number) for a row's words within [first, first + width).
  template <typename F>
  void each(int64_t row, int64_t first, int64_t width, const F& f) const {
    const auto end = word.begin() + begin[row + 1];
    for (auto at = std::lower_bound(word.begin() + begin[row], end, first); at != end && *at < first + width; ++at) {
      f(*at - first, number[at - word.begin()]);
    }
  }
};

inline Tokens gather(const at::Tensor& input, const at::Tensor& target, const at::Tensor& token_weight, int64_t vocabulary) {
  const int64_t all = input.size(0), hidden = input.size(1);
  const at::Tensor targets = target.contiguous(), weights = token_weight.contiguous();
  const int64_t* t = targets.data_ptr<int64_t>();
  const float* w = weights.data_ptr<float>();
  Tokens tokens;
  for (int64_t n = 0; n < all; ++n) {
    if (w[n] == 0) continue;
    TORCH_CHECK(t[n] >= 0 && t[n] < vocabulary, "linear_cross_entropy: target ", t[n], " of token ", n,
                " is outside 0..", vocabulary - 1);
    tokens.index.push_back(n);
    tokens.weight.push_back(w[n]);
    tokens.begin.push_back(static_cast<int64_t>(tokens.word.size()));
    tokens.word.push_back(t[n]);
  }
  tokens.begin.push_back(static_cast<int64_t>(tokens.word.size()));
  tokens.number.assign(tokens.word.size(), 1);
  tokens.total.assign(tokens.word.size(), 1);
  const at::Tensor dense = input.contiguous();
  if (tokens.count() == all) {
    tokens.input = dense;
    return tokens;
  }
  tokens.input = at::empty({tokens.count(), hidden}, input.options());
  const float* from = dense.data_ptr<float>();
  float* to = tokens.input.data_ptr<float>();
  for (const int64_t n : tokens.index) to = std::copy_n(from + n * hidden, hidden, to);
  return tokens;
}

inline Tokens documents(const at::Tensor& input, const at::Tensor& words, const at::Tensor& counts, const at::Tensor& offsets,
                 int64_t vocabulary) {
  const at::Tensor all_words = words.contiguous(), all_counts = counts.contiguous(), starts = offsets.contiguous();
  const int64_t rows = input.size(0), entries = words.numel();
  const int64_t *w = all_words.data_ptr<int64_t>(), *s = starts.data_ptr<int64_t>();
  const float* c = all_counts.data_ptr<float>();
  Tokens tokens;
  tokens.input = input.contiguous();
  tokens.word.assign(w, w + entries);
  tokens.number.assign(c, c + entries);
  tokens.begin.assign(s, s + rows);
  tokens.begin.push_back(entries);
  tokens.weight.assign(rows, 1);
  for (int64_t r = 0; r < rows; ++r) {
    const int64_t first = tokens.begin[r], end = tokens.begin[r + 1];
    TORCH_CHECK(first >= 0 && first <= end && end <= entries, "linear_multinomial: document ", r, " has entries ",
                first, "..", end, " of ", entries);
    for (int64_t e = first; e < end; ++e) {
      TORCH_CHECK(w[e] >= 0 && w[e] < vocabulary && (e == first || w[e - 1] < w[e]), "linear_multinomial: word ", w[e],
                  " of document ", r, " is outside 0..", vocabulary - 1, " or not above the one before it");
    }
    tokens.index.push_back(r);
    tokens.total.push_back(std::accumulate(c + first, c + end, 0.0f));
  }
  return tokens;
}

}  // namespace textvae
