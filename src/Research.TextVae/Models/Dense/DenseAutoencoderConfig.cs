using System.Text.Json.Serialization;

namespace Research.TextVae.Models;

/// <summary>An autoencoder of fully connected layers; by default inputs → 32 → 32 → 32 → inputs, the second of them the code.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record DenseAutoencoderConfig : DenseConfig
{
    /// <summary>Widths of the encoder's layers; the last is that of the code.</summary>
    public IReadOnlyList<int> Encoder { get; init => field = Require.Widths(1, value); } = [32, 32];

    /// <summary>Widths of the decoder's layers before the output.</summary>
    public IReadOnlyList<int> Decoder { get; init => field = Require.Widths(0, value); } = [32];

    /// <summary>What is minimised.</summary>
    public ReconstructionLoss Loss { get; init; } = ReconstructionLoss.SquaredError;

    /// <summary>No ReLU between the layers and no sigmoid at the end: the best such model is a principal component analysis.</summary>
    public bool Linear { get; init; }

    /// <inheritdoc/>
    public override DenseAutoencoder Build(int inputs) => new(this, inputs);
}
