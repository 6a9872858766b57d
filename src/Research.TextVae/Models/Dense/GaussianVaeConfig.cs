using System.Text.Json.Serialization;

namespace Research.TextVae.Models;

/// <summary>A VAE of vectors with a Gaussian likelihood of fixed variance, which is squared error plus KL.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record GaussianVaeConfig : DenseConfig
{
    /// <summary>Widths of the encoder's ReLU layers; the decoder has the same in reverse. None for a linear model.</summary>
    public IReadOnlyList<int> HiddenSizes { get; init => field = Require.Widths(0, value); } = [32];

    /// <summary>Size of the latent code z.</summary>
    public int LatentSize { get; init => field = Require.AtLeast(1, value); } = 8;

    /// <summary>Standard deviation of x given z. In "MSE + β KL" it is β = 2 s² / inputs.</summary>
    public double Deviation { get; init => field = Require.Above(0.0, value); } = 0.1;

    /// <inheritdoc/>
    public override GaussianVae Build(int inputs) => new(this, inputs);
}
