using TorchSharp;
using static TorchSharp.torch;

namespace Research.TextVae.Models;

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
