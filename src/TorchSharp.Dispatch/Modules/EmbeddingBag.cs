using TorchSharp.Interop;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TorchSharp
{
    public enum EmbeddingBagMode
    {
        Sum = 0,
        Mean = 1,
        Max = 2,
    }
}

namespace TorchSharp.Modules
{
    /// <summary>Sums, averages or maxima of rows of a table [rows, dims] over bags of int64 indices; gives [bags, dims].</summary>
    public sealed class EmbeddingBag : nn.Module<Tensor, Tensor?, Tensor?, Tensor>
    {
        private readonly EmbeddingBagOptions options;
        private Parameter? _weight;

        internal EmbeddingBag(Parameter weight, EmbeddingBagOptions options)
            : base(nameof(EmbeddingBag))
        {
            this.options = options;
            this.weight = weight;
        }

        public Parameter? weight
        {
            get => _weight;
            set => Replace(nameof(weight), ref _weight, value);
        }

        /// <param name="input">The bags one after the other [entries].</param>
        /// <param name="offsets">Where each bag begins [bags].</param>
        /// <param name="perSampleWeights">A factor for each entry, for sums.</param>
        public override Tensor forward(Tensor input, Tensor? offsets, Tensor? perSampleWeights)
        {
            if (input.dim() != 1 || offsets is null)
                throw new ArgumentException("EmbeddingBag takes one-dimensional indices with offsets.");
            if (FusedKernels.HasEmbedding && options is { Mode: EmbeddingBagMode.Sum, ScaleGradByFreq: false, Sparse: false, IncludeLastOffset: false, PaddingIndex: null })
                return FusedKernels.EmbeddingBag(_weight!, input, offsets, perSampleWeights);
            return Op.CallFirst(
                "embedding_bag.padding_idx", 4, _weight, input, offsets, options.ScaleGradByFreq, (long)options.Mode, options.Sparse, perSampleWeights,
                options.IncludeLastOffset, options.PaddingIndex);
        }

        public Tensor call(Tensor input, Tensor offsets) => call(input, offsets, null);

        // The property has registered the weight.
        protected override void RegisterComponents()
        {
        }
    }

    internal sealed record EmbeddingBagOptions(bool ScaleGradByFreq, EmbeddingBagMode Mode, bool Sparse, bool IncludeLastOffset, long? PaddingIndex);
}

namespace TorchSharp
{
    public static partial class torch
    {
        public static partial class nn
        {
            /// <summary>Bags over an embedding table drawn from N(0, 1).</summary>
            public static EmbeddingBag EmbeddingBag(long num_embeddings, long embedding_dims, double? max_norm = null, double norm_type = 2.0, bool scale_grad_by_freq = false, EmbeddingBagMode mode = EmbeddingBagMode.Mean, bool sparse = false, bool include_last_offset = false, long padding_index = -1, Device? device = null, ScalarType? dtype = null)
            {
                if (max_norm is not null || norm_type != 2.0)
                    throw new NotSupportedException("EmbeddingBag does not renormalise its table.");
                var weight = Parameter(empty(num_embeddings, embedding_dims, dtype: dtype, device: device));
                init.normal_(weight);
                return new EmbeddingBag(weight, new(scale_grad_by_freq, mode, sparse, include_last_offset, padding_index < 0 ? null : padding_index));
            }
        }
    }
}
