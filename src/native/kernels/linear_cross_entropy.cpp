// Weighted sum of -log softmax(x W^T + b)[target]: the output layer of a language model and its loss in one. The logits
// [tokens, vocabulary] never exist whole: tokens go through in passes, and a pass's logits are kept as tiles
// [tokens of the pass, kTileWidth words] that stay in a core's cache while they are worked on. Gradients are computed in the same pass.
//
// The multinomial is the same with several targets a row, each with a count: documents as bags of words.
//
// Threads share out the vocabulary: the rows of W and of its gradient belong to one thread each; the gradient of the input is a sum over
// threads, taken in their order.
#include "parallel.h"
#include "vocabulary_loss.h"

namespace textvae {
namespace {

void clear(float* data, int64_t size) {
  if (data != nullptr) std::fill_n(data, size, 0.0f);
}

// What no token that counts writes.
void clear_rest(const Tokens& tokens, const Projection& p) {
  int64_t next = 0;
  for (int64_t n = 0; n < tokens.rows; ++n) {
    if (next < tokens.count() && tokens.index[next] == n) {
      ++next;
      continue;
    }
    p.token_loss[n] = 0;
    if (p.d_input != nullptr) clear(p.d_input + n * p.hidden, p.hidden);
  }
  if (tokens.count() > 0) return;
  clear(p.d_weight, p.vocabulary * p.hidden);
  clear(p.d_bias, p.vocabulary);
}

void run(const Tokens& tokens, const Projection& p, int32_t precision, double* sum) {
  thread_local Workspace workspace;
  Loss loss(p, tokens, precision_of(precision), workspace);
  clear_rest(tokens, p);
  *sum = loss.run();
}

}  // namespace
}  // namespace textvae

using namespace textvae;

int32_t textvae_linear_cross_entropy(int32_t threads, int32_t precision, int64_t tokens, int64_t hidden, int64_t vocabulary, const float* x,
                                     const float* w, const float* b, const int64_t* target, const float* token_weight, float upstream,
                                     float* token_loss, double* sum, float* d_x, float* d_w, float* d_b) {
  return guarded(threads, [&] {
    run(tokens_of(tokens, target, token_weight, vocabulary), {hidden, vocabulary, x, w, b, upstream, token_loss, d_x, d_w, d_b}, precision,
        sum);
  });
}

int32_t textvae_linear_multinomial(int32_t threads, int32_t precision, int64_t documents, int64_t hidden, int64_t vocabulary,
                                   int64_t entries, const float* x, const float* w, const float* b, const int64_t* words,
                                   const float* counts, const int64_t* offsets, float upstream, float* document_loss, double* sum,
                                   float* d_x, float* d_w, float* d_b) {
  return guarded(threads, [&] {
    run(documents_of(documents, entries, words, counts, offsets, vocabulary),
        {hidden, vocabulary, x, w, b, upstream, document_loss, d_x, d_w, d_b}, precision, sum);
  });
}
