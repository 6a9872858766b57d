using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Research.TextVae.Models;

/// <summary>A trained vector for each of a fixed number of places (Radford et al. 2018).</summary>
internal sealed class LearnedPositions : PositionEncoding
{
    // The initial deviation of GPT-2 and BERT.
    private const double Deviation = 0.02;

    private readonly Parameter weight;

    public LearnedPositions(int places, int width)
        : base(nameof(LearnedPositions))
    {
        weight = nn.Parameter(randn(places, width) * Deviation);
        RegisterComponents();
        this.KeepTensors();
    }

    /// <inheritdoc/>
    public override Tensor At(long first, long count, Tensor like) => first + count <= weight.shape[0]
        ? weight.narrow(0, first, count)
        : throw new UserException(
            $"A text of {first + count} tokens is longer than the {weight.shape[0]} positions the model has learned; raise MaxPositions, or lower MaxTokens.");
}
