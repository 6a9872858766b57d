// The kernels of Research.TextVae as a plain C library: pointers and sizes in, a status out, no exception across the border.
//
// Everywhere:
//   threads     how many threads a call may use; the result does not depend on it except in the order of sums over chunks
//   precision   what matrix products are computed in; numbers in memory are float32 either way
//   matrices    row-major and contiguous unless strides are given; a name in brackets is the shape
//   null        allowed only where it says so
// The caller has checked the shapes: no axis is empty, dropout is in [0, 1). The OpenMP runtime is the one that LibTorch has loaded.
#ifndef TEXTVAE_KERNELS_H
#define TEXTVAE_KERNELS_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define TEXTVAE_API __attribute__((visibility("default")))

typedef enum {
  TEXTVAE_OK = 0,
  TEXTVAE_OUT_OF_MEMORY = 1,
  TEXTVAE_UNSUPPORTED = 2,   // the processor or this build has no such precision
  TEXTVAE_OUT_OF_RANGE = 3,  // an index, a target, an offset or a weight is outside what it may be
  TEXTVAE_FAILED = 4
} textvae_status;

typedef enum {
  TEXTVAE_FLOAT32 = 0,
  TEXTVAE_BFLOAT16 = 1,  // factors rounded to bfloat16, sums in float32
  TEXTVAE_INT8 = 2       // packed weights only
} textvae_precision;

// ---- The library ----

// "x86-64-v3", "x86-64-v4" or "x86-64-v4 with bfloat16": what it was compiled for.
TEXTVAE_API const char* textvae_level(void);
TEXTVAE_API int32_t textvae_has_bfloat16(void);
// Whether int8 products use the processor's dot-product instruction.
TEXTVAE_API int32_t textvae_has_vnni(void);
// omp_get_max_threads() as this library sees it on the calling thread.
TEXTVAE_API int32_t textvae_openmp_threads(void);

// ---- Memory ----

// A block of at least so many bytes for a large result, uninitialised; null when the system has no more. It is kept for the next result of
// about its size when it is given back, which any thread may do.
TEXTVAE_API void* textvae_take_block(int64_t bytes);
TEXTVAE_API void textvae_give_back_block(void* block);

// ---- Linear: y = x W^T + b ----

// x [rows, in], w [out, in], b [out] or null, y [rows, out].
TEXTVAE_API int32_t textvae_linear_forward(int32_t threads, int32_t precision, int64_t rows, int64_t in, int64_t out,
                                           const float* x, const float* w, const float* b, float* y);
// dy [rows, out]; dx [rows, in], dw [out, in] and db [out], each null where it is not wanted.
TEXTVAE_API int32_t textvae_linear_backward(int32_t threads, int32_t precision, int64_t rows, int64_t in, int64_t out,
                                            const float* x, const float* w, const float* dy, float* dx, float* dw, float* db);

// ---- LSTM: one layer over a whole sequence, gates in the order i, f, g, o ----

typedef struct {
  int64_t batch, time, in, hidden;
} textvae_lstm_shape;

// Elements of `saved`.
TEXTVAE_API int64_t textvae_lstm_saved_size(const textvae_lstm_shape* shape);
// x [batch, time, in], h0 and c0 [batch, hidden], w_ih [4 hidden, in], w_hh [4 hidden, hidden], bias [4 hidden] (both biases
// together); output [batch, time, hidden], h_n and c_n [batch, hidden]. saved: what the backward pass needs, or null for
// evaluation. chunk_rows: how the batch was cut, for the backward
// pass; always written.
TEXTVAE_API int32_t textvae_lstm_forward(int32_t threads, int32_t precision, const textvae_lstm_shape* shape, const float* x,
                                         const float* h0, const float* c0, const float* w_ih, const float* w_hh,
                                         const float* bias, float* output, float* h_n, float* c_n, float* saved,
                                         int64_t* chunk_rows);
// d_output [batch, time, hidden], d_h_n and d_c_n [batch, hidden], each null for zeros. d_x is null where it is not wanted;
// d_w_ih, d_w_hh and d_bias are null together. d_h0 and d_c0 are always written.
TEXTVAE_API int32_t textvae_lstm_backward(int32_t threads, int32_t precision, const textvae_lstm_shape* shape,
                                          int64_t chunk_rows, const float* w_ih, const float* w_hh, const float* saved,
                                          const float* d_output, const float* d_h_n, const float* d_c_n, float* d_x,
                                          float* d_h0, float* d_c0, float* d_w_ih, float* d_w_hh, float* d_bias);

// ---- Linear projection with cross-entropy: -log softmax(W x + b)[target] ----

// x [tokens, hidden], w [vocabulary, hidden], b [vocabulary]; target and token_weight [tokens]: a token of weight 0 costs
// nothing, has loss 0 and any target. token_loss [tokens], unweighted; sum of weight times loss.
// d_x [tokens, hidden], d_w [vocabulary, hidden], d_b [vocabulary]: gradients of `upstream` times the sum. d_x may be null,
// d_w may be null; d_b is null where neither is wanted.
TEXTVAE_API int32_t textvae_linear_cross_entropy(int32_t threads, int32_t precision, int64_t tokens, int64_t hidden,
                                                 int64_t vocabulary, const float* x, const float* w, const float* b,
                                                 const int64_t* target, const float* token_weight, float upstream,
                                                 float* token_loss, double* sum, float* d_x, float* d_w, float* d_b);
// The same of documents as counts of words: -sum_v count_v log softmax(W x + b)_v. words (ascending within a document) and
// counts [entries]; offsets [documents]: where each document's entries begin.
TEXTVAE_API int32_t textvae_linear_multinomial(int32_t threads, int32_t precision, int64_t documents, int64_t hidden,
                                               int64_t vocabulary, int64_t entries, const float* x, const float* w,
                                               const float* b, const int64_t* words, const float* counts,
                                               const int64_t* offsets, float upstream, float* document_loss, double* sum,
                                               float* d_x, float* d_w, float* d_b);

// ---- Attention: softmax(Q K^T / sqrt(width / heads) + mask) V of each head ----

typedef struct {
  int64_t batch, queries, keys, width, heads;
  int32_t causal;     // query i sees the keys up to i + keys - queries
  double dropout;     // of the weights, in [0, 1)
  uint64_t key;       // of the dropout's mask
} textvae_attention_shape;

// Element [b, t, j] of an operand is data[b * batch_stride + t * row_stride + j].
typedef struct {
  float* data;
  int64_t batch_stride, row_stride;
} textvae_rows;

// key_lengths [batch]: keys that are not padding, at least 1; or null. log_sums [batch, heads, queries]: what the backward
// pass needs, or null. The operands are not written.
TEXTVAE_API int32_t textvae_attention_forward(int32_t threads, int32_t precision, const textvae_attention_shape* shape,
                                              const int64_t* key_lengths, const textvae_rows* query, const textvae_rows* key,
                                              const textvae_rows* value, const textvae_rows* output, float* log_sums);
TEXTVAE_API int32_t textvae_attention_backward(int32_t threads, int32_t precision, const textvae_attention_shape* shape,
                                               const int64_t* key_lengths, const textvae_rows* query, const textvae_rows* key,
                                               const textvae_rows* value, const textvae_rows* output,
                                               const textvae_rows* d_output, const float* log_sums, const textvae_rows* d_query,
                                               const textvae_rows* d_key, const textvae_rows* d_value);

// ---- Embeddings ----

// Entry e adds factor[e] * upstream[source[e]] to row index[e] of gradient [rows, width], which is written whole. source null:
// entry e's own row; factor null: 1.
TEXTVAE_API int32_t textvae_table_gradient(int32_t threads, int64_t rows, int64_t width, int64_t entries, const int64_t* index,
                                           const float* upstream, const int64_t* source, const float* factor,
                                           float* gradient);
// output [bags, width]: sums of rows of table [rows, width], each times its factor (null: 1), over the entries of each bag;
// offsets [bags] begin with 0 and ascend. bag_of [entries]: the bag of each entry.
TEXTVAE_API int32_t textvae_embedding_bag(int32_t threads, int64_t rows, int64_t width, int64_t bags, int64_t entries,
                                          const float* table, const int64_t* index, const int64_t* offsets,
                                          const float* factor, float* output, int64_t* bag_of);

// ---- Elementwise ----

// Inverted dropout: y_i = x_i / (1 - p) where the hash of key and i keeps it, else 0. The mask is a function of key and i alone.
TEXTVAE_API int32_t textvae_dropout(int32_t threads, int64_t size, double p, uint64_t key, const float* x, float* y);
// y = x Phi(x), and dx = dy (Phi(x) + x phi(x)).
TEXTVAE_API int32_t textvae_gelu_forward(int32_t threads, int64_t size, const float* x, float* y);
TEXTVAE_API int32_t textvae_gelu_backward(int32_t threads, int64_t size, const float* x, const float* dy, float* dx);

// ---- Optimizer, over lists of tensors ----

typedef struct {
  double learning_rate, beta1, beta2, epsilon, weight_decay;
  int64_t step;       // counted from 1
} textvae_adam;

TEXTVAE_API int32_t textvae_adam_step(int32_t threads, const textvae_adam* options, int64_t count, float* const* parameters,
                                      const float* const* gradients, float* const* first, float* const* second,
                                      const int64_t* sizes);
// The Euclidean norm of all of them together.
TEXTVAE_API int32_t textvae_norm(int32_t threads, int64_t count, const float* const* tensors, const int64_t* sizes, double* norm);
TEXTVAE_API int32_t textvae_scale(int32_t threads, int64_t count, float* const* tensors, const int64_t* sizes, double factor);

// ---- Decoding, without gradients ----

// Bytes of W [out, in] as the products read it.
TEXTVAE_API int64_t textvae_packed_bytes(int32_t precision, int64_t out, int64_t in);
// precision: float32 or bfloat16.
TEXTVAE_API int32_t textvae_pack(int32_t threads, int32_t precision, int64_t out, int64_t in, const float* w, void* packed);
// W = diag(scale) q with |q| <= 127.
TEXTVAE_API int32_t textvae_pack_int8(int32_t threads, int64_t out, int64_t in, const int8_t* q, const float* scale, void* packed);
// y [rows, out] = x [rows, in] W^T + b; b may be null. A row's result does not depend on the rows beside it.
TEXTVAE_API int32_t textvae_packed_linear(int32_t threads, int32_t precision, int64_t rows, int64_t in, int64_t out,
                                          const float* x, const void* packed, const float* b, float* y);
// One time step: x [rows, in]; h and c [rows, hidden] are changed; packed is of [w_ih, w_hh] side by side,
// [4 hidden, in + hidden]; bias [4 hidden].
TEXTVAE_API int32_t textvae_lstm_step(int32_t threads, int32_t precision, int64_t rows, int64_t in, int64_t hidden,
                                      const float* x, float* h, float* c, const void* packed, const float* bias);

// One token of each text through all blocks of a pre-norm Transformer: one query against the cache of keys and values.
// `weights` in the order of their use (packed matrices and vectors):
//   norm, norm bias;  query-key-value, bias;  output, bias
//   with a source: norm, norm bias;  query, bias;  output, bias
//   norm, norm bias;  expand, bias;  contract, bias
// for each block, and last the norm above all blocks.
// The matrices are packed in float32 or bfloat16.
typedef struct {
  int64_t batch, width, heads, layers, inner;  // inner: width of the feed-forward network
  int64_t place;                               // of the token in the caches
  int64_t source_time;                         // tokens of the sources, 0 without
  const int64_t* source_lengths;               // [batch], null without
  const int64_t* capacities;                   // [layers]: places of each cache
  float* const* caches;                        // each [batch, 2 heads, capacity, width / heads]: keys of all heads, then values
  const float* const* sources;                 // each [batch, source_time, 2 width]; null without
  const void* const* weights;
} textvae_transformer;

// x [batch, width] becomes the normalised output of the last block.
TEXTVAE_API int32_t textvae_transformer_step(int32_t threads, int32_t precision, const textvae_transformer* model, float* x);

// ---- Sampling ----

// One token a row from softmax((logits + offsets) / temperature), restricted to the top_k most likely (0: all), of these to the
// nucleus of mass top_p (1: all), of these to those at least min_p (0: all) times as likely as the most likely; temperature 0
// takes the most likely. Inverse transform sampling in the order of the vocabulary with the row's own uniform number.
// logits [rows, vocabulary], offsets [vocabulary], uniforms [rows] in [0, 1), tokens [rows].
TEXTVAE_API int32_t textvae_sample_tokens(int32_t threads, int64_t rows, int64_t vocabulary, const float* logits,
                                          const float* offsets, const double* uniforms, double temperature, int64_t top_k,
                                          double top_p, double min_p, int64_t* tokens);

#ifdef __cplusplus
}
#endif
#endif
