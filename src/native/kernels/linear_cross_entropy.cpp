// textvae::linear_cross_entropy: weighted sum of -log softmax(input W^T + b)[target], the output layer of a
// language model and its loss in one operator. The logits [tokens, vocabulary] never exist whole: tokens go
// through in passes, and a pass's logits are kept as tiles [tokens of the pass, kTileWidth words] that stay
// in a core's cache while they are worked on. When a gradient is wanted it is computed in the same pass,
// since the sum's own gradient is a scalar known later, which only scales it.
//
// textvae::linear_multinomial is the same with several targets a row, each with a count: documents as bags of words.
//
// Threads share out the vocabulary: the rows of W and of its gradient belong to one thread each; the
// gradient of the input is a sum over threads, taken in their order. float32 on the CPU takes this way;
// everything else the composed twin, which autograd differentiates by itself.
#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <torch/csrc/autograd/custom_function.h>
#include <torch/library.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <tuple>
#include <vector>

#include "gemm.h"
#include "simd_math.h"

namespace textvae {
namespace {

using at::Tensor;

constexpr int64_t kTileWidth = 256;            // words a tile
constexpr int64_t kPassFloats = 4 << 20;       // logits held at once: 16 MiB
constexpr int64_t kMostTokens = 384, kFewestTokens = 16;

void check(const Tensor& input, const Tensor& weight, const Tensor& bias, const Tensor& target,
           const Tensor& token_weight) {
  TORCH_CHECK(input.dim() == 2 && weight.dim() == 2 && input.size(1) == weight.size(1),
              "linear_cross_entropy: input must be [tokens, hidden] and weight [vocabulary, hidden], got ",
              input.sizes(), " and ", weight.sizes());
  TORCH_CHECK(weight.size(0) > 0, "linear_cross_entropy: the vocabulary is empty");
  TORCH_CHECK(!bias.defined() || (bias.dim() == 1 && bias.size(0) == weight.size(0)),
              "linear_cross_entropy: bias must be [", weight.size(0), "], got ", bias.sizes());
  TORCH_CHECK(target.dim() == 1 && target.size(0) == input.size(0) && target.scalar_type() == at::kLong,
              "linear_cross_entropy: target must be int64 [", input.size(0), "], got ", target.scalar_type(), " ",
              target.sizes());
  TORCH_CHECK(token_weight.dim() == 1 && token_weight.size(0) == input.size(0),
              "linear_cross_entropy: token_weight must be [", input.size(0), "], got ", token_weight.sizes());
  for (const Tensor* t : {&weight, &bias, &token_weight}) {
    TORCH_CHECK(!t->defined() || t->scalar_type() == input.scalar_type(), "linear_cross_entropy: input is ",
                input.scalar_type(), ", but a weight is ", t->scalar_type());
  }
}

std::tuple<Tensor, Tensor> composed(const Tensor& input, const Tensor& weight, const Tensor& bias,
                                    const Tensor& target, const Tensor& token_weight) {
  const Tensor counted = token_weight.detach() != 0;
  if (counted.numel() > 0) {
    const Tensor wrong = counted.logical_and((target < 0).logical_or(target >= weight.size(0)));
    TORCH_CHECK(!wrong.any().item<bool>(), "linear_cross_entropy: a target is outside 0..", weight.size(0) - 1);
  }
  Tensor logits = input.matmul(weight.t());
  if (bias.defined()) logits = logits + bias;
  const Tensor safe = at::where(counted, target, at::zeros_like(target));
  const Tensor loss = -logits.log_softmax(1).gather(1, safe.unsqueeze(1)).squeeze(1);
  const Tensor used = at::where(counted, loss, at::zeros_like(loss));
  return {(used * token_weight.detach()).sum(), used.detach()};
}

// Rows of input and weights of the tokens that count, in order, with the words each is to predict: one word once,
// or, of a document, ascending words with their numbers.
struct Tokens {
  Tensor input;  // [count, hidden]
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

Tokens gather(const Tensor& input, const Tensor& target, const Tensor& token_weight, int64_t vocabulary) {
  const int64_t all = input.size(0), hidden = input.size(1);
  const Tensor targets = target.contiguous(), weights = token_weight.contiguous();
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
  const Tensor dense = input.contiguous();
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

Tokens documents(const Tensor& input, const Tensor& words, const Tensor& counts, const Tensor& offsets,
                 int64_t vocabulary) {
  const Tensor all_words = words.contiguous(), all_counts = counts.contiguous(), starts = offsets.contiguous();
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

// Maximum m and sum of e^(logit - m) of the part of a row seen so far, and the sum of its words' logits.
struct Normaliser {
  float maximum = -std::numeric_limits<float>::infinity();
  float sum = 0;
  float wanted = 0;
};

// Turns logits of one row and tile into e^(logit - m).
Normaliser exponentiate(float* __restrict row, const float* __restrict bias, int64_t width) {
  float maximum = -std::numeric_limits<float>::infinity();
#pragma omp simd reduction(max : maximum)
  for (int64_t j = 0; j < width; ++j) {
    row[j] += bias[j];
    maximum = row[j] > maximum ? row[j] : maximum;
  }
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
  float *d_input = nullptr, *d_weight = nullptr, *d_bias = nullptr;  // d_input of the gathered tokens
  float* token_loss = nullptr;                                       // of the gathered tokens
  LeftMatrix left_input;     // a pass's tokens, prepared for the logits
  PackedMatrix right_input;  // and for the gradient of the weight

  Loss(const Tokens& tokens, const float* input, const float* weight, const float* bias, int64_t vocabulary,
       int64_t hidden, bool weight_gradient, bool input_gradient, Precision precision)
      : tokens(tokens), input(input), weight(weight), bias(bias), vocabulary(vocabulary), hidden(hidden),
        gradients(weight_gradient || input_gradient), weight_gradient(weight_gradient),
        input_gradient(input_gradient), precision(precision) {}

  int64_t tiles() const { return (vocabulary + kTileWidth - 1) / kTileWidth; }
  int64_t tile_begin(int64_t tile) const { return tile * kTileWidth; }
  int64_t tile_width(int64_t tile) const { return std::min(kTileWidth, vocabulary - tile_begin(tile)); }

  void run() {
    const int64_t fit = std::max(kFewestTokens, kPassFloats / vocabulary);
    const int64_t passes = (tokens.count() + std::min(fit, kMostTokens) - 1) / std::min(fit, kMostTokens);
    const int64_t rows = (tokens.count() + passes - 1) / passes;
    const int64_t threads = std::min<int64_t>(at::get_num_threads(), tiles());
    const auto options = at::TensorOptions().dtype(at::kFloat);
    const Tensor logits = at::empty({gradients ? rows * vocabulary : threads * rows * kTileWidth}, options);
    const Tensor partial = at::empty({input_gradient ? threads * rows * hidden : 0}, options);
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
          product(left_input, words, 0, block, width);
          for (int64_t r = 0; r < rows; ++r) {
            float wanted = 0;
            tokens.each(first + r, begin, width, [&](int64_t word, float number) {
              wanted += number * (block[r * width + word] + bias[begin + word]);
            });
            parts[tile * rows + r] = exponentiate(block + r * width, bias + begin, width);
            parts[tile * rows + r].wanted = wanted;
          }
        }
      }
    });

    // log sum_v e^{l_v} = m + log sum_tiles s_tile e^{m_tile - m}; a tile's softmax is its e^(l - m_tile)
    // times e^(m_tile - m) / sum.
    for (int64_t r = 0; r < rows; ++r) {
      float maximum = parts[r].maximum;
      for (int64_t k = 1; k < tiles(); ++k) maximum = std::max(maximum, parts[k * rows + r].maximum);
      float sum = 0, wanted = 0;
      for (int64_t k = 0; k < tiles(); ++k) {
        const Normaliser& part = parts[k * rows + r];
        sum += part.sum * std::exp(part.maximum - maximum);
        wanted += part.wanted;
      }
      const float total = tokens.total[first + r];
      token_loss[first + r] = (total * maximum - wanted) + total * std::log(sum);
      const float scale = tokens.weight[first + r] * total / sum;
      for (int64_t k = 0; k < tiles(); ++k) {
        Normaliser& part = parts[k * rows + r];
        part.sum = scale * std::exp(part.maximum - maximum);
      }
    }
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
            product(d_logits, words, tile == share(thread) ? 0 : 1, d_x, hidden);
          }
          if (weight_gradient) {
            d_logits.pack(Op::kTransposed, width, rows, block, width, precision);
            product(d_logits, right_input, first == 0 ? 0 : 1, d_weight + begin * hidden, hidden);
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
        row[word] -= tokens.weight[first + r] * number;
        bias_sum[word] -= tokens.weight[first + r] * number;
      });
    }
  }
};

struct Computed {
  Tensor sum, token_loss, d_input, d_weight, d_bias;
};

// Offsets empty: a target and a weight a token. With offsets: words and their numbers, and where documents begin.
Computed compute(const Tensor& input, const Tensor& weight, const Tensor& bias, const Tensor& target,
                 const Tensor& token_weight, const Tensor& offsets, bool input_gradient, bool weight_gradient,
                 Precision precision) {
  const auto options = input.options();
  const int64_t vocabulary = weight.size(0), hidden = weight.size(1);
  const Tokens tokens = offsets.numel() > 0 ? documents(input, target, token_weight, offsets, vocabulary)
                                            : gather(input, target, token_weight, vocabulary);
  const int64_t count = tokens.count();
  const Tensor w = weight.contiguous();
  const Tensor b = bias.contiguous();
  const bool gradients = input_gradient || weight_gradient;
  std::vector<float> losses(count);
  Computed result;
  Loss loss(tokens, tokens.input.data_ptr<float>(), w.data_ptr<float>(), b.data_ptr<float>(), vocabulary, hidden,
            weight_gradient, input_gradient, precision);
  loss.token_loss = losses.data();
  if (input_gradient) {
    result.d_input = at::empty({count, hidden}, options);
    loss.d_input = result.d_input.data_ptr<float>();
  }
  if (gradients) {
    // Every element is written by the first pass; without a token there is none.
    const auto allocate = [&](at::IntArrayRef sizes) {
      return count == 0 ? at::zeros(sizes, options) : at::empty(sizes, options);
    };
    result.d_bias = allocate({vocabulary});
    loss.d_bias = result.d_bias.data_ptr<float>();
    if (weight_gradient) {
      result.d_weight = allocate({vocabulary, hidden});
      loss.d_weight = result.d_weight.data_ptr<float>();
    }
  }
  if (count > 0) loss.run();

  result.token_loss = at::zeros({input.size(0)}, options);
  float* per_token = result.token_loss.data_ptr<float>();
  double sum = 0;
  for (int64_t n = 0; n < count; ++n) {
    per_token[tokens.index[n]] = losses[n];
    sum += static_cast<double>(tokens.weight[n]) * losses[n];
  }
  result.sum = at::scalar_tensor(sum, options);
  if (input_gradient && count < input.size(0)) {
    const Tensor whole = at::zeros_like(input, at::MemoryFormat::Contiguous);
    const float* from = result.d_input.data_ptr<float>();
    float* to = whole.data_ptr<float>();
    for (int64_t n = 0; n < count; ++n) std::copy_n(from + n * hidden, hidden, to + tokens.index[n] * hidden);
    result.d_input = whole;
  }
  return result;
}

struct LinearCrossEntropyFunction : torch::autograd::Function<LinearCrossEntropyFunction> {
  using Variables = torch::autograd::variable_list;
  using Context = torch::autograd::AutogradContext;

  static Variables forward(Context* ctx, const Tensor& input, const Tensor& weight, const Tensor& bias,
                           const Tensor& target, const Tensor& token_weight, const Tensor& offsets) {
    const bool of_input = input.requires_grad();
    const bool of_weight = weight.requires_grad() || bias.requires_grad();
    const auto precision = matmul_precision();
    ctx->saved_data["precision"] = static_cast<int64_t>(precision);
    const Computed c =
        compute(input, weight, bias, target, token_weight, offsets, of_input, of_weight, precision);
    ctx->save_for_backward({input, weight, bias, target, token_weight, offsets});
    ctx->saved_data["gradients"] = std::vector<Tensor>{c.d_input, c.d_weight, c.d_bias};
    ctx->saved_data["needed"] = std::vector<bool>{of_input, of_weight};
    ctx->mark_non_differentiable({c.token_loss});
    return {c.sum, c.token_loss};
  }

  // The gradients of the forward pass are handed out once, scaled in place; a graph that is kept and gone
  // through again computes them anew.
  static Variables backward(Context* ctx, Variables upstream) {
    TORCH_CHECK(!at::GradMode::is_enabled(), "linear_cross_entropy: float32 has no second derivative; use float64");
    const auto saved = ctx->get_saved_variables();
    std::vector<Tensor> d;
    const auto prepared = ctx->saved_data.find("gradients");
    if (prepared != ctx->saved_data.end()) {
      for (const auto& value : prepared->second.toListRef()) d.push_back(value.toTensor());
      ctx->saved_data.erase(prepared);
    } else {
      const auto needed = ctx->saved_data["needed"].toBoolList();
      const at::NoGradGuard no_grad;
      const Computed c = compute(saved[0], saved[1], saved[2], saved[3], saved[4], saved[5], needed[0], needed[1],
                                 static_cast<Precision>(ctx->saved_data["precision"].toInt()));
      d = {c.d_input, c.d_weight, c.d_bias};
    }
    const float scale = upstream[0].item<float>();
    for (auto& gradient : d) {
      if (gradient.defined() && scale != 1) gradient.mul_(scale);
    }
    return {d[0], d[1], d[2], Tensor(), Tensor(), Tensor()};
  }
};

std::tuple<Tensor, Tensor> fused(const Tensor& input, const Tensor& weight, const Tensor& given_bias,
                                 const Tensor& target, const Tensor& token_weight, const Tensor& offsets) {
  const Tensor bias = given_bias.defined() ? given_bias : at::zeros({weight.size(0)}, input.options());
  const bool any = input.requires_grad() || weight.requires_grad() || bias.requires_grad();
  if (!any || !at::GradMode::is_enabled()) {
    const at::NoGradGuard no_grad;
    const Computed c = compute(input, weight, bias, target, token_weight, offsets, false, false, matmul_precision());
    return {c.sum, c.token_loss};
  }
  const auto results =
      LinearCrossEntropyFunction::apply(input, weight, bias, target, token_weight.detach(), offsets);
  return {results[0], results[1]};
}

bool fits(const Tensor& input) { return input.is_cpu() && input.scalar_type() == at::kFloat; }

std::tuple<Tensor, Tensor> linear_cross_entropy(const Tensor& input, const Tensor& weight,
                                                const c10::optional<Tensor>& bias_or_none, const Tensor& target,
                                                const Tensor& token_weight) {
  const Tensor bias = bias_or_none.value_or(Tensor());
  check(input, weight, bias, target, token_weight);
  return fits(input) ? fused(input, weight, bias, target, token_weight, at::empty({0}, target.options()))
                     : composed(input, weight, bias, target, token_weight);
}

std::tuple<Tensor, Tensor> composed_multinomial(const Tensor& input, const Tensor& weight, const Tensor& bias,
                                                const Tensor& words, const Tensor& counts, const Tensor& offsets) {
  Tensor logits = input.matmul(weight.t());
  if (bias.defined()) logits = logits + bias;
  const Tensor ends = at::cat({offsets.slice(0, 1), at::full({offsets.size(0) > 0}, words.numel(), offsets.options())});
  const Tensor row = at::repeat_interleave(ends - offsets);
  const Tensor picked = logits.flatten().index_select(0, row * weight.size(0) + words);
  const Tensor number = counts.detach();
  const Tensor zero = at::zeros({input.size(0)}, input.options());
  const Tensor loss = zero.index_add(0, row, number) * logits.logsumexp(1) - zero.index_add(0, row, picked * number);
  return {loss.sum(), loss.detach()};
}

std::tuple<Tensor, Tensor> linear_multinomial(const Tensor& input, const Tensor& weight,
                                              const c10::optional<Tensor>& bias_or_none, const Tensor& words,
                                              const Tensor& counts, const Tensor& offsets) {
  const Tensor bias = bias_or_none.value_or(Tensor());
  TORCH_CHECK(input.dim() == 2 && weight.dim() == 2 && input.size(1) == weight.size(1) && weight.size(0) > 0,
              "linear_multinomial: input must be [documents, hidden] and weight [vocabulary, hidden], got ",
              input.sizes(), " and ", weight.sizes());
  TORCH_CHECK(!bias.defined() || (bias.dim() == 1 && bias.size(0) == weight.size(0)),
              "linear_multinomial: bias must be [", weight.size(0), "], got ", bias.sizes());
  TORCH_CHECK(words.dim() == 1 && words.scalar_type() == at::kLong && counts.sizes() == words.sizes(),
              "linear_multinomial: words must be int64 [entries] and counts [entries], got ", words.scalar_type(), " ",
              words.sizes(), " and ", counts.sizes());
  TORCH_CHECK(offsets.dim() == 1 && offsets.scalar_type() == at::kLong && offsets.size(0) == input.size(0) &&
                  (offsets.size(0) == 0 ? words.numel() == 0 : offsets[0].item<int64_t>() == 0),
              "linear_multinomial: offsets must be int64 [", input.size(0), "] and begin with 0, got ",
              offsets.scalar_type(), " ", offsets.sizes());
  for (const Tensor* t : {&weight, &bias, &counts}) {
    TORCH_CHECK(!t->defined() || t->scalar_type() == input.scalar_type(), "linear_multinomial: input is ",
                input.scalar_type(), ", but a weight or the counts are ", t->scalar_type());
  }
  return fits(input) ? fused(input, weight, bias, words, counts, offsets)
                     : composed_multinomial(input, weight, bias, words, counts, offsets);
}

}  // namespace
}  // namespace textvae

TORCH_LIBRARY_FRAGMENT(textvae, m) {
  m.def(
      "linear_cross_entropy(Tensor input, Tensor weight, Tensor? bias, Tensor target, Tensor token_weight) -> "
      "(Tensor weighted_sum, Tensor token_loss)",
      &textvae::linear_cross_entropy);
  m.def(
      "linear_multinomial(Tensor input, Tensor weight, Tensor? bias, Tensor words, Tensor counts, Tensor offsets) -> "
      "(Tensor sum, Tensor document_loss)",
      &textvae::linear_multinomial);
}
