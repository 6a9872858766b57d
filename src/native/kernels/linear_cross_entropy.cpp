// textvae::linear_cross_entropy: weighted sum of -log softmax(input W^T + b)[target], the output layer of a
// language model and its loss in one operator. The logits [tokens, vocabulary] never exist whole: tokens go
// through in passes, and a pass's logits are kept as tiles [tokens of the pass, kTileWidth words] that stay
// in a core's cache while they are worked on. When a gradient is wanted it is computed in the same pass, for the
// gradient of the sum that the caller expects to come later; another one only scales it, at the price of going
// through it once more.
//
// textvae::linear_multinomial is the same with several targets a row, each with a count: documents as bags of words.
//
// Threads share out the vocabulary: the rows of W and of its gradient belong to one thread each; the
// gradient of the input is a sum over threads, taken in their order. float32 on the CPU takes this way;
// everything else the composed twin, which autograd differentiates by itself.
#include <ATen/ATen.h>
#include <torch/csrc/autograd/custom_function.h>
#include <torch/library.h>

#include <algorithm>
#include <cmath>
#include <tuple>
#include <vector>

#include "precision.h"
#include "vocabulary_loss.h"

namespace textvae {
namespace {

using at::Tensor;

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

struct Computed {
  Tensor sum, token_loss, d_input, d_weight, d_bias;
};

// Offsets empty: a target and a weight a token. With offsets: words and their numbers, and where documents begin.
Computed compute(const Tensor& input, const Tensor& weight, const Tensor& bias, const Tensor& target,
                 const Tensor& token_weight, const Tensor& offsets, float upstream, bool input_gradient,
                 bool weight_gradient, Precision precision) {
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
  loss.upstream = upstream;
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
                           const Tensor& target, const Tensor& token_weight, const Tensor& offsets,
                           double expected) {
    const bool of_input = input.requires_grad();
    const bool of_weight = weight.requires_grad() || bias.requires_grad();
    const auto precision = matmul_precision();
    ctx->saved_data["precision"] = static_cast<int64_t>(precision);
    ctx->saved_data["expected"] = expected;
    const Computed c =
        compute(input, weight, bias, target, token_weight, offsets, expected, of_input, of_weight, precision);
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
    const auto expected = static_cast<float>(ctx->saved_data["expected"].toDouble());
    std::vector<Tensor> d;
    const auto prepared = ctx->saved_data.find("gradients");
    if (prepared != ctx->saved_data.end()) {
      for (const auto& value : prepared->second.toListRef()) d.push_back(value.toTensor());
      ctx->saved_data.erase(prepared);
    } else {
      const auto needed = ctx->saved_data["needed"].toBoolList();
      const at::NoGradGuard no_grad;
      const Computed c = compute(saved[0], saved[1], saved[2], saved[3], saved[4], saved[5], expected, needed[0],
                                 needed[1], static_cast<Precision>(ctx->saved_data["precision"].toInt()));
      d = {c.d_input, c.d_weight, c.d_bias};
    }
    const float scale = upstream[0].item<float>() / expected;
    for (auto& gradient : d) {
      if (gradient.defined() && scale != 1) gradient.mul_(scale);
    }
    return {d[0], d[1], d[2], Tensor(), Tensor(), Tensor(), Tensor()};
  }
};

std::tuple<Tensor, Tensor> fused(const Tensor& input, const Tensor& weight, const Tensor& given_bias,
                                 const Tensor& target, const Tensor& token_weight, const Tensor& offsets,
                                 double expected) {
  TORCH_CHECK(static_cast<float>(expected) != 0 && std::isfinite(expected),
              "linear_cross_entropy: expected_gradient must be finite and not 0, got ", expected);
  const Tensor bias = given_bias.defined() ? given_bias : at::zeros({weight.size(0)}, input.options());
  const bool any = input.requires_grad() || weight.requires_grad() || bias.requires_grad();
  if (!any || !at::GradMode::is_enabled()) {
    const at::NoGradGuard no_grad;
    const Computed c = compute(input, weight, bias, target, token_weight, offsets, 1, false, false, matmul_precision());
    return {c.sum, c.token_loss};
  }
  const auto results =
      LinearCrossEntropyFunction::apply(input, weight, bias, target, token_weight.detach(), offsets, expected);
  return {results[0], results[1]};
}

bool fits(const Tensor& input) { return input.is_cpu() && input.scalar_type() == at::kFloat; }

std::tuple<Tensor, Tensor> linear_cross_entropy(const Tensor& input, const Tensor& weight,
                                                const c10::optional<Tensor>& bias_or_none, const Tensor& target,
                                                const Tensor& token_weight, double expected) {
  const Tensor bias = bias_or_none.value_or(Tensor());
  check(input, weight, bias, target, token_weight);
  return fits(input) ? fused(input, weight, bias, target, token_weight, at::empty({0}, target.options()), expected)
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
                                              const Tensor& counts, const Tensor& offsets, double expected) {
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
  return fits(input) ? fused(input, weight, bias, words, counts, offsets, expected)
                     : composed_multinomial(input, weight, bias, words, counts, offsets);
}

}  // namespace
}  // namespace textvae

TORCH_LIBRARY_FRAGMENT(textvae, m) {
  m.def(
      "linear_cross_entropy(Tensor input, Tensor weight, Tensor? bias, Tensor target, Tensor token_weight, "
      "float expected_gradient=1) -> (Tensor weighted_sum, Tensor token_loss)",
      &textvae::linear_cross_entropy);
  m.def(
      "linear_multinomial(Tensor input, Tensor weight, Tensor? bias, Tensor words, Tensor counts, Tensor offsets, "
      "float expected_gradient=1) -> (Tensor sum, Tensor document_loss)",
      &textvae::linear_multinomial);
}
