using Research.TextVae.Kernels;
using Research.TextVae.Models.Layers;
using Research.TextVae.Text;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Research.TextVae.Models;

/// <summary>From a decoder's states to the vocabulary: with a table of its own, or with that of the embedding.</summary>
internal sealed class VocabularyProjection : nn.Module, IHasPrecision
{
    private readonly Parameter? weight;
    private readonly Parameter bias;
    private readonly TokenEmbedding? tied;

    public VocabularyProjection(int width, int vocabulary, TokenEmbedding? tied)
        : base(nameof(VocabularyProjection))
    {
        this.tied = tied;
        bias = nn.Parameter(zeros(vocabulary));
        register_parameter(nameof(bias), bias);
        if (tied is null)
        {
            weight = nn.Parameter(randn(vocabulary, width) / Math.Sqrt(width));
            register_parameter(nameof(weight), weight);
        }

        this.KeepTensors();
    }

    /// <inheritdoc/>
    public Precision Precision { get; set; }

    /// <summary>[vocabulary, width].</summary>
    public Tensor Weight => weight ?? tied!.Weight;

    /// <summary>[vocabulary].</summary>
    public Tensor Bias => bias;

    /// <summary>States [..., width] to logits [..., vocabulary].</summary>
    public Tensor Logits(Tensor states) => LinearKernel.Compute(states, Weight, bias, Precision);

    /// <summary>−log p of a batch's targets.</summary>
    /// <param name="states">[batch, time, width].</param>
    /// <param name="batch">The targets and which of them count.</param>
    public TokenLosses Nll(Tensor states, TextBatch batch) => TokenLosses.Compute(states, Weight, bias, batch, Precision);

    /// <summary>
    /// How much more a model that is wanted to be uniform over the vocabulary would lose than one that is wanted to be right, summed
    /// over the targets that count; times ε it is what label smoothing adds to their loss.
    /// </summary>
    /// <param name="states">[batch, time, width].</param>
    /// <param name="batch">The targets and which of them count.</param>
    // −1/V Σᵥ log p(v) + log p(target) = W_target h + b_target − (mean_v W_v h + mean_v b_v)
    public Tensor ExcessOverUniform(Tensor states, TextBatch batch)
    {
        var targets = batch.Targets.flatten();
        var rows = Weight.index_select(0, targets).view_as(states) - Weight.mean([0]); // [batch, time, width]
        var biases = bias.index_select(0, targets).view_as(batch.Targets) - bias.mean();
        return (((rows * states).sum(2) + biases) * batch.Mask.to_type(states.dtype)).sum();
    }

    // The table of the embedding is registered where it belongs.
    protected override void RegisterComponents()
    {
    }
}
