using TorchSharp.Interop;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TorchSharp.Modules
{
    /// <summary>Looks up rows of a table [rows, dims]: int64 indices [...] to vectors [..., dims].</summary>
    public sealed class Embedding : nn.Module<Tensor, Tensor>
    {
        private readonly EmbeddingOptions options;
        private Parameter? _weight;

        internal Embedding(Parameter weight, EmbeddingOptions options)
            : base(nameof(Embedding))
        {
            this.options = options;
            this.weight = weight;
        }

        public Parameter? weight
        {
            get => _weight;
            set => Replace(nameof(weight), ref _weight, value);
        }

        public override Tensor forward(Tensor input)
        {
            if (options.MaxNorm is { } maxNorm)
                Renormalise(input, maxNorm);
            if (FusedKernels.HasEmbedding && !options.ScaleGradByFreq && !options.Sparse)
                return FusedKernels.Embedding(_weight!, input, options.PaddingIndex ?? -1);
            return Op.Call("embedding", _weight, input, options.PaddingIndex ?? -1, options.ScaleGradByFreq, options.Sparse);
        }

        private void Renormalise(Tensor input, double maxNorm)
        {
            using var inference = no_grad();
            Op.Run("embedding_renorm_", _weight!, input, maxNorm, options.NormType);
        }

        // The property has registered the weight.
        protected override void RegisterComponents()
        {
        }
    }

    internal sealed record EmbeddingOptions(long? PaddingIndex, double? MaxNorm, double NormType, bool ScaleGradByFreq, bool Sparse);
}

namespace TorchSharp
{
    public static partial class torch
    {
        public static partial class nn
        {
            /// <summary>An embedding table drawn from N(0, 1); the row <paramref name="padding_idx"/> is zero and gets no gradient.</summary>
            public static Embedding Embedding(long num_embeddings, long embedding_dims, long? padding_idx = null, double? max_norm = null, double norm_type = 2.0, bool scale_grad_by_freq = false, bool sparse = false, Device? device = null, ScalarType? dtype = null)
            {
                var weight = Parameter(empty(num_embeddings, embedding_dims, dtype: dtype, device: device));
                init.normal_(weight);
                if (padding_idx is { } row)
                {
                    using var inference = no_grad();
                    using var padding = weight.select(0, row);
                    padding.zero_();
                }
                return new Embedding(weight, new(padding_idx, max_norm, norm_type, scale_grad_by_freq, sparse));
            }

            /// <summary>An embedding of the given table [rows, dims], not trained when frozen.</summary>
            public static Embedding Embedding_from_pretrained(Tensor embeddings, bool freeze = true, long? padding_idx = null, double? max_norm = null, double norm_type = 2.0, bool scale_grad_by_freq = false, bool sparse = false, Device? device = null, ScalarType? dtype = null)
            {
                var embedding = new Embedding(Parameter(embeddings.detach().clone(), !freeze), new(padding_idx, max_norm, norm_type, scale_grad_by_freq, sparse));
                if (dtype is { } type)
                    embedding.to(type);
                return device is null ? embedding : embedding.to(device);
            }
        }
    }
}
