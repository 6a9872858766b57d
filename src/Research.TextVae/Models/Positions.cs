using System.Text.Json.Serialization;
using Research.TextVae.Models.Layers;
using Research.TextVae.Support;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Research.TextVae.Models;

/// <summary>One vector per position in the text, added to the embedding of the token at that position.</summary>
internal abstract class PositionEncoding(string name) : nn.Module(name)
{
    public static PositionEncoding Create(TransformerShape shape) => shape.Positions == PositionKind.Learned
        ? new LearnedPositions(shape.MaxPositions, shape.Width)
        : new SinusoidalPositions(shape.Width);

    /// <param name="first">The first place, from 0.</param>
    /// <param name="count">Places.</param>
    /// <param name="like">A tensor of the required type and device.</param>
    /// <returns>[count, width].</returns>
    /// <exception cref="UserException">The model has fewer positions.</exception>
    public abstract Tensor At(long first, long count, Tensor like);
}

/// <summary>How a Transformer represents the positions of tokens.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<PositionKind>))]
public enum PositionKind
{
    /// <summary>Fixed waves of geometrically growing length, for texts of any length (Vaswani et al. 2017, section 3.5).</summary>
    Sinusoidal,

    /// <summary>A trained vector a place, up to <see cref="TransformerShape.MaxPositions"/> (Radford et al. 2018).</summary>
    Learned,
}

/// <summary>Sines and cosines of geometrically growing wave length (Vaswani et al. 2017, section 3.5); nothing is trained.</summary>
internal sealed class SinusoidalPositions(int width) : PositionEncoding(nameof(SinusoidalPositions))
{
    private const double LongestWave = 10_000;
    private const long FewestPlaces = 128;

    // Places computed so far; grows by doubling.
    private Tensor? table;

    /// <inheritdoc/>
    public override Tensor At(long first, long count, Tensor like)
    {
        if (table is null || table.shape[0] < first + count || table.dtype != like.dtype || table.device != like.device)
        {
            var places = Math.Max(FewestPlaces, table is null ? 0 : table.shape[0]);
            while (places < first + count)
                places *= 2;
            table?.Dispose();
            table = Compute(places).to(like.dtype).to(like.device).DetachFromDisposeScope();
        }

        return table.narrow(0, first, count);
    }

    // The table follows from the width, so it is no part of the model's state.
    protected override void RegisterComponents()
    {
    }

    protected override void Dispose(bool disposing)
    {
        table?.Dispose();
        base.Dispose(disposing);
    }

    // PE(t, 2i) = sin(t / 10000^(2i / width)),   PE(t, 2i + 1) = cos(t / 10000^(2i / width))
    private Tensor Compute(long places)
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        var pairs = (width + 1) / 2;
        var frequencies = (arange(pairs, ScalarType.Float64) * (-2 * Math.Log(LongestWave) / width)).exp();
        var angles = arange(places, ScalarType.Float64).unsqueeze(1) * frequencies; // [places, pairs]
        return stack([angles.sin(), angles.cos()], 2).flatten(1).narrow(1, 0, width).contiguous().MoveToOuterDisposeScope();
    }
}

/// <summary>A trained vector for each of a fixed number of places (Radford et al. 2018).</summary>
internal sealed class LearnedPositions : PositionEncoding
{
    // The initial deviation of GPT-2 and BERT.
    private const double Deviation = 0.02;

    private readonly Parameter weight;

    public LearnedPositions(int places, int width)
        : base(nameof(LearnedPositions))
    {
        weight = nn.Parameter(randn(MemoryShortage.Require(places, width)) * Deviation);
        RegisterComponents();
        this.KeepTensors();
    }

    /// <inheritdoc/>
    public override Tensor At(long first, long count, Tensor like) => first + count <= weight.shape[0]
        ? weight.narrow(0, first, count)
        : throw new UserException(
            $"A text of {first + count} tokens is longer than the {weight.shape[0]} positions the model has learned; raise MaxPositions, "
                + "or lower MaxTokens.");
}
