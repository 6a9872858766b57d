using Research.TextVae.Kernels;
using Research.TextVae.Support;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Research.TextVae.Models.Layers;

/// <summary>Rows of a table, or weighted sums of rows over bags, with PyTorch's names and initial weights, by
/// <see cref="EmbeddingKernel"/>.</summary>
public sealed class EmbeddingLayer : nn.Module<Tensor, Tensor>
{
    private readonly Parameter weight;

    /// <param name="rows">Rows of the table.</param>
    /// <param name="width">Width of a row.</param>
    public EmbeddingLayer(long rows, long width)
        : base(nameof(EmbeddingLayer))
    {
        weight = nn.Parameter(empty(MemoryShortage.Require(rows, width)));
        nn.init.normal_(weight);
        RegisterComponents();
        this.KeepTensors();
    }

    /// <summary>The table [rows, width].</summary>
    public Parameter Weight => weight;

    /// <param name="input">int64 [...].</param>
    /// <returns>[..., width].</returns>
    public override Tensor forward(Tensor input) => EmbeddingKernel.Compute(weight, input);

    /// <summary>Sums of rows, each times its factor.</summary>
    /// <param name="indices">The bags one after the other; int64 [entries].</param>
    /// <param name="offsets">Where each bag begins; int64 [bags].</param>
    /// <param name="factors">[entries].</param>
    /// <returns>[bags, width].</returns>
    public Tensor Sum(Tensor indices, Tensor offsets, Tensor factors) => EmbeddingKernel.ComputeBag(weight, indices, offsets, factors);
}
