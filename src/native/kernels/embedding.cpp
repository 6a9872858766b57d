// textvae::embedding and textvae::embedding_bag: rows of a table, and weighted sums of rows over bags, as ATen's, with a
// backward pass that writes the table's gradient once: each thread clears and fills rows of its own, in the order of the
// entries, so that the result does not depend on the number of threads. ATen clears with one thread, sorts the entries
// of a bag and goes through each. float32 on the CPU takes this way; everything else ATen's operators.
#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <torch/csrc/autograd/custom_function.h>
#include <torch/library.h>

#include <algorithm>

namespace textvae {
namespace {

using at::Tensor;
using Variables = torch::autograd::variable_list;
using Context = torch::autograd::AutogradContext;

// y += factor x
void add_scaled(const float* __restrict x, float factor, float* __restrict y, int64_t n) {
#pragma omp simd
  for (int64_t j = 0; j < n; ++j) y[j] += factor * x[j];
}

// The gradient of a table [rows, width]: entry e adds factor(e) upstream[source(e)] to row indices[e].
template <typename Source, typename Factor>
Tensor table_gradient(const Tensor& indices, const Tensor& upstream, int64_t rows, int64_t skipped, const Source& source,
                      const Factor& factor) {
  const int64_t width = upstream.size(-1), entries = indices.numel();
  const Tensor gradient = at::empty({rows, width}, upstream.options());
  const int64_t* const index = indices.data_ptr<int64_t>();
  const float* const from = upstream.data_ptr<float>();
  float* const to = gradient.data_ptr<float>();
  // A share a thread, since each looks through all entries.
  const int64_t share = std::max<int64_t>((rows + at::get_num_threads() - 1) / at::get_num_threads(), 64);
  at::parallel_for(0, rows, share, [&](int64_t begin, int64_t end) {
    std::fill(to + begin * width, to + end * width, 0.0f);
    for (int64_t e = 0; e < entries; ++e) {
      if (index[e] < begin || index[e] >= end || index[e] == skipped) continue;
      add_scaled(from + source(e) * width, factor(e), to + index[e] * width, width);
    }
  });
  return gradient;
}

struct EmbeddingFunction : torch::autograd::Function<EmbeddingFunction> {
  static Tensor forward(Context* ctx, const Tensor& weight, const Tensor& indices, int64_t padding) {
    ctx->save_for_backward({indices});
    ctx->saved_data["rows"] = weight.size(0);
    ctx->saved_data["padding"] = padding;
    return at::embedding(weight, indices, padding);
  }

  static Variables backward(Context* ctx, Variables upstream) {
    const Tensor indices = ctx->get_saved_variables()[0];
    const int64_t rows = ctx->saved_data["rows"].toInt(), padding = ctx->saved_data["padding"].toInt();
    if (at::GradMode::is_enabled()) {  // a graph of the gradient is wanted, which the standard operator gives
      return {at::embedding_dense_backward(upstream[0], indices, rows, padding, false), Tensor(), Tensor()};
    }
    const Tensor dense = indices.contiguous();
    return {table_gradient(dense, upstream[0].contiguous(), rows, padding, [](int64_t e) { return e; },
                           [](int64_t) { return 1.0f; }),
            Tensor(), Tensor()};
  }
};

bool is_fast(const Tensor& weight, const Tensor& indices) {
  return weight.is_cpu() && weight.scalar_type() == at::kFloat && weight.dim() == 2 && indices.is_cpu() &&
         indices.scalar_type() == at::kLong;
}

Tensor embedding(const Tensor& weight, const Tensor& indices, int64_t padding) {
  return is_fast(weight, indices) && weight.requires_grad() && at::GradMode::is_enabled()
             ? EmbeddingFunction::apply(weight, indices, padding)
             : at::embedding(weight, indices, padding);
}

// factors [entries]; bag b has entries offsets[b] .. offsets[b + 1].
struct EmbeddingBagFunction : torch::autograd::Function<EmbeddingBagFunction> {
  static Tensor forward(Context* ctx, const Tensor& weight, const Tensor& indices, const Tensor& offsets,
                        const Tensor& factors) {
    const int64_t rows = weight.size(0), width = weight.size(1), bags = offsets.numel(), entries = indices.numel();
    const int64_t *index = indices.data_ptr<int64_t>(), *start = offsets.data_ptr<int64_t>();
    const float *table = weight.data_ptr<float>(), *factor = factors.data_ptr<float>();
    Tensor bag_of = at::empty({entries}, offsets.options());
    int64_t* const bag = bag_of.data_ptr<int64_t>();
    for (int64_t b = 0; b < bags; ++b) {
      const int64_t end = b + 1 < bags ? start[b + 1] : entries;
      TORCH_CHECK(start[b] >= (b == 0 ? 0 : start[b - 1]) && start[b] <= end && (b > 0 || start[b] == 0),
                  "embedding_bag: offsets must begin with 0, ascend and end before ", entries, "; offset ", b, " is ", start[b]);
      std::fill(bag + start[b], bag + end, b);
    }
    for (int64_t e = 0; e < entries; ++e) {
      TORCH_CHECK(index[e] >= 0 && index[e] < rows, "embedding_bag: index ", index[e], " is outside 0..", rows - 1);
    }
    const Tensor output = at::empty({bags, width}, weight.options());
    float* const to = output.data_ptr<float>();
    at::parallel_for(0, bags, 8, [&](int64_t begin, int64_t end) {
      std::fill(to + begin * width, to + end * width, 0.0f);
      const int64_t last = end < bags ? start[end] : entries;
      for (int64_t e = start[begin]; e < last; ++e) {
        add_scaled(table + index[e] * width, factor[e], to + bag[e] * width, width);
      }
    });
    ctx->save_for_backward({indices, factors, bag_of});
    ctx->saved_data["rows"] = rows;
    return output;
  }

  static Variables backward(Context* ctx, Variables upstream) {
    const auto saved = ctx->get_saved_variables();
    const Tensor &indices = saved[0], &factors = saved[1], &bag_of = saved[2];
    const int64_t rows = ctx->saved_data["rows"].toInt();
    if (at::GradMode::is_enabled()) {
      const Tensor added = upstream[0].index_select(0, bag_of) * factors.unsqueeze(1);
      return {at::zeros({rows, upstream[0].size(1)}, added.options()).index_add(0, indices, added), Tensor(), Tensor(), Tensor()};
    }
    const int64_t* const bag = bag_of.data_ptr<int64_t>();
    const float* const factor = factors.data_ptr<float>();
    return {table_gradient(indices, upstream[0].contiguous(), rows, -1, [&](int64_t e) { return bag[e]; },
                           [&](int64_t e) { return factor[e]; }),
            Tensor(), Tensor(), Tensor()};
  }
};

// Sums of rows, each times its factor if there are any.
Tensor embedding_bag(const Tensor& weight, const Tensor& indices, const Tensor& offsets, const c10::optional<Tensor>& factors) {
  const bool fits = is_fast(weight, indices) && weight.is_contiguous() && offsets.scalar_type() == at::kLong && offsets.dim() == 1 &&
                    indices.dim() == 1 && offsets.numel() > 0 &&
                    (!factors.has_value() ||
                     (factors->sizes() == indices.sizes() && factors->scalar_type() == at::kFloat && !factors->requires_grad()));
  if (!fits) return std::get<0>(at::embedding_bag(weight, indices, offsets, false, 0, false, factors));
  const Tensor all = factors.has_value() ? factors->contiguous() : at::ones(indices.sizes(), weight.options().requires_grad(false));
  return EmbeddingBagFunction::apply(weight, indices.contiguous(), offsets.contiguous(), all);
}

}  // namespace
}  // namespace textvae

TORCH_LIBRARY_FRAGMENT(textvae, m) {
  m.def("embedding(Tensor weight, Tensor indices, int padding_idx=-1) -> Tensor", &textvae::embedding);
  m.def("embedding_bag(Tensor weight, Tensor indices, Tensor offsets, Tensor? per_sample_weights=None) -> Tensor",
        &textvae::embedding_bag);
}
