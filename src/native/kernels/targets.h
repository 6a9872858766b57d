// The words that rows of a vocabulary's logits are to predict, for linear_cross_entropy.cpp.
#pragma once

#include <algorithm>
#include <cstdint>
#include <numeric>
#include <vector>

#include "status.h"

namespace textvae {

// The rows of input that count, in order, their weights, and the words each is to predict: one word once, or, of a document, ascending
// words with their numbers.
struct Tokens {
  int64_t rows = 0;  // of the input, also those that do not count
  std::vector<int64_t> index;
  std::vector<float> weight;
  std::vector<int64_t> word, begin;  // token n has entries begin[n] .. begin[n + 1]
  std::vector<float> number, total;  // of each entry, and their sum of each token
  int64_t count() const { return static_cast<int64_t>(index.size()); }
  bool all_count() const { return count() == rows; }

  // Calls f(place in the tile, number) for a token's words within [first, first + width).
  template <typename F>
  void each(int64_t token, int64_t first, int64_t width, const F& f) const {
    const auto end = word.begin() + begin[token + 1];
    for (auto at = std::lower_bound(word.begin() + begin[token], end, first); at != end && *at < first + width; ++at) {
      f(*at - first, number[at - word.begin()]);
    }
  }
};

inline Tokens tokens_of(int64_t rows, const int64_t* target, const float* token_weight, int64_t vocabulary) {
  Tokens tokens;
  tokens.rows = rows;
  for (int64_t n = 0; n < rows; ++n) {
    if (token_weight[n] == 0) continue;
    require_in_range(target[n] >= 0 && target[n] < vocabulary);
    tokens.index.push_back(n);
    tokens.weight.push_back(token_weight[n]);
    tokens.begin.push_back(static_cast<int64_t>(tokens.word.size()));
    tokens.word.push_back(target[n]);
  }
  tokens.begin.push_back(static_cast<int64_t>(tokens.word.size()));
  tokens.number.assign(tokens.word.size(), 1);
  tokens.total.assign(tokens.word.size(), 1);
  return tokens;
}

inline Tokens documents_of(int64_t rows, int64_t entries, const int64_t* words, const float* counts, const int64_t* offsets,
                           int64_t vocabulary) {
  require_in_range(rows == 0 ? entries == 0 : offsets[0] == 0);
  Tokens tokens;
  tokens.rows = rows;
  tokens.word.assign(words, words + entries);
  tokens.number.assign(counts, counts + entries);
  tokens.begin.assign(offsets, offsets + rows);
  tokens.begin.push_back(entries);
  tokens.weight.assign(rows, 1);
  for (int64_t r = 0; r < rows; ++r) {
    const int64_t first = tokens.begin[r], end = tokens.begin[r + 1];
    require_in_range(first >= 0 && first <= end && end <= entries);
    for (int64_t e = first; e < end; ++e) {
      require_in_range(words[e] >= 0 && words[e] < vocabulary && (e == first || words[e - 1] < words[e]));
    }
    tokens.index.push_back(r);
    tokens.total.push_back(std::accumulate(counts + first, counts + end, 0.0f));
  }
  return tokens;
}

}  // namespace textvae
