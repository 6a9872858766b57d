using System.Text.Json.Serialization;

namespace Research.TextVae.Objectives;

/// <summary>Warm-up along half a cosine wave: slow at both ends.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record CosineKl : KlSchedule
{
    /// <summary>Length of the warm-up in epochs; fractions count.</summary>
    public double Epochs { get; init => field = Require.Above(0, value); } = 10;

    /// <summary>The weight it leads to.</summary>
    public double To { get; init => field = Require.AtLeast(0, value); } = 1;

    /// <inheritdoc/>
    [JsonIgnore]
    public override double Final => To;

    /// <inheritdoc/>
    // β(e) = to · ½ (1 − cos(π min(1, e / epochs)))
    public override double At(double epoch) => To * 0.5 * (1 - Math.Cos(Math.PI * Math.Min(1, epoch / Epochs)));
}
