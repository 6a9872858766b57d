using Research.TextVae.Kernels;
using Research.TextVae.Support;
using Research.TextVae.Text;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Research.TextVae.Models.Layers;

/// <summary>
/// From a decoder's states h to the logits of the vocabulary, W h + b, and to the losses of what is to be predicted. W is the layer's own
/// or the table of an embedding (Press and Wolf 2017). Where that table is of another width than the states, a linear layer without bias,
/// the bottleneck, stands between them.
/// </summary>
public sealed class OutputLayer : nn.Module<Tensor, Tensor>, IHasPrecision
{
    private readonly EmbeddingLayer? tied;
    private readonly LinearLayer? bottleneck;
    private readonly nn.Module home;
    private readonly string _bias_name;

    /// <param name="features">Width of the states.</param>
    /// <param name="vocabulary">Number of tokens in the vocabulary.</param>
    /// <param name="tied">The embedding whose table is W, where the layer has none of its own.</param>
    /// <param name="normal">W starts as N(0, 1 / features) and b as 0, instead of as those of a <see cref="LinearLayer"/>.</param>
    /// <param name="home">
    /// The model that registers the bias and the bottleneck of a tied layer among its own parts, as <c>output_bias</c> and
    /// <c>bottleneck</c>, which is what recurrent models call them in checkpoints; the layer itself when absent.
    /// </param>
    public OutputLayer(long features, long vocabulary, EmbeddingLayer? tied = null, bool normal = false, nn.Module? home = null)
        : base(nameof(OutputLayer))
    {
        this.tied = tied;
        (this.home, _bias_name) = tied is null || home is null ? (this, "bias") : (home, "output_bias");
        if (tied is not null && tied.Weight.shape[1] != features)
            bottleneck = new LinearLayer(features, tied.Weight.shape[1], hasBias: false);
        if (tied is null && !normal)
        {
            var bound = 1 / Math.Sqrt(features);
            register_parameter("weight", InitialWeights.Uniform(bound, vocabulary, features));
            register_parameter("bias", InitialWeights.Uniform(bound, vocabulary));
        }
        else
        {
            // The bias comes first in checkpoints.
            this.home.register_parameter(_bias_name, nn.Parameter(zeros(vocabulary)));
            if (tied is null)
                register_parameter("weight", nn.Parameter(randn(MemoryShortage.Require(vocabulary, features)) / Math.Sqrt(features)));
        }

        this.KeepTensors();
    }

    /// <inheritdoc/>
    public Precision Precision { get; set; }

    /// <summary>W [vocabulary, features], or [vocabulary, embedding] where there is a bottleneck.</summary>
    public Parameter Weight => tied?.Weight ?? get_parameter("weight")!;

    /// <summary>b [vocabulary].</summary>
    public Parameter Bias => home.get_parameter(_bias_name)!;

    /// <param name="states">[..., features].</param>
    /// <returns>Logits [..., vocabulary].</returns>
    public override Tensor forward(Tensor states) => LinearKernel.Compute(Narrowed(states), Weight, Bias, Precision);

    /// <summary>−log p of a batch's targets.</summary>
    /// <param name="states">[batch, time, features].</param>
    /// <param name="batch">The targets and which of them count.</param>
    public TokenLosses Nll(Tensor states, TextBatch batch)
    {
        ArgumentNullException.ThrowIfNull(states);
        ArgumentNullException.ThrowIfNull(batch);
        // The mean over sentences is what is trained. The mask is 0 or 1, so that the losses are weighted already.
        var (total, perToken) = LinearCrossEntropy.Compute(
            Narrowed(states).flatten(0, 1), Weight, Bias, batch.Targets.flatten(), batch.Mask.flatten().to_type(states.dtype),
            1.0 / batch.Size, Precision);
        return new TokenLosses(total, perToken.view(batch.Size, batch.Time));
    }

    /// <summary>−log p of the words of documents, the multinomial coefficient left out; a document counts as one event.</summary>
    /// <param name="states">[batch, features].</param>
    /// <param name="batch">The documents.</param>
    public TokenLosses Nll(Tensor states, BagOfWords batch)
    {
        ArgumentNullException.ThrowIfNull(states);
        ArgumentNullException.ThrowIfNull(batch);
        // The mean over documents is what is trained.
        var (total, perDocument) = LinearMultinomial.Compute(
            Narrowed(states), Weight, Bias, batch.Words, batch.Counts.to_type(states.dtype), batch.Offsets, 1.0 / batch.Size, Precision);
        return new TokenLosses(total, perDocument.unsqueeze(1));
    }

    /// <summary>
    /// How much more a model that is wanted to be uniform over the vocabulary would lose than one that is wanted to be right, summed
    /// over the targets that count; times ε it is what label smoothing adds to their loss.
    /// </summary>
    /// <param name="states">[batch, time, features].</param>
    /// <param name="batch">The targets and which of them count.</param>
    // −1/V Σᵥ log p(v) + log p(target) = W_target h + b_target − (mean_v W_v h + mean_v b_v)
    internal Tensor ExcessOverUniform(Tensor states, TextBatch batch)
    {
        var (features, targets) = (Narrowed(states), batch.Targets.flatten());
        var rows = Weight.index_select(0, targets).view_as(features) - Weight.mean([0]); // [batch, time, features]
        var biases = Bias.index_select(0, targets).view_as(batch.Targets) - Bias.mean();
        return (((rows * features).sum(2) + biases) * batch.Mask.to_type(states.dtype)).sum();
    }

    /// <summary>The layer prepared for many steps of decoding.</summary>
    /// <param name="batch">Number of texts.</param>
    internal OutputStep PrepareStep(long batch) => new(
        bottleneck is null ? null : PackedMatrix.Pack(bottleneck.Weight, Precision), PackedMatrix.Pack(Weight, Precision), Bias, batch);

    private Tensor Narrowed(Tensor states) => bottleneck?.call(states) ?? states;

    /// <summary>Registers the bottleneck, in its turn among the parts of the model. The weights are registered as they are made.</summary>
    protected override void RegisterComponents()
    {
        if (bottleneck is not null)
            home.register_module(nameof(bottleneck), bottleneck);
    }
}
