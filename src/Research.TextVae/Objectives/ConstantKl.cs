using System.Text.Json.Serialization;

namespace Research.TextVae.Objectives;

/// <summary>The same weight throughout: β = 1 is the ELBO, another β the β-VAE (Higgins et al. 2017), 0 an autoencoder.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record ConstantKl : KlSchedule
{
    public ConstantKl(double weight) => Weight = weight;

    /// <summary>β.</summary>
    public double Weight { get; init => field = Require.AtLeast(0, value); }

    /// <inheritdoc/>
    [JsonIgnore]
    public override double Final => Weight;

    /// <inheritdoc/>
    public override double At(double epoch) => Weight;
}
