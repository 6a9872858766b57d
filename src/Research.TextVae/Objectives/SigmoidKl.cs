using System.Text.Json.Serialization;

namespace Research.TextVae.Objectives;

/// <summary>Warm-up along a logistic curve (Bowman et al. 2016, figure 2).</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record SigmoidKl : KlSchedule
{
    /// <summary>Epochs after which half the weight is reached.</summary>
    public double Midpoint { get; init => field = Require.AtLeast(0, value); } = 5;

    /// <summary>Epochs between about an eighth and seven eighths of the weight are four of these.</summary>
    public double Width { get; init => field = Require.Above(0, value); } = 1;

    /// <summary>The weight it leads to.</summary>
    public double To { get; init => field = Require.AtLeast(0, value); } = 1;

    /// <inheritdoc/>
    [JsonIgnore]
    public override double Final => To;

    /// <inheritdoc/>
    // β(e) = to / (1 + exp(−(e − midpoint) / width))
    public override double At(double epoch) => To / (1 + Math.Exp((Midpoint - epoch) / Width));
}
