using System.Text.Json.Serialization;

namespace Research.TextVae.Objectives;

/// <summary>Linear warm-up of the KL weight (Bowman et al. 2016, section 3.1).</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record LinearKl : KlSchedule
{
    /// <summary>The weight at the start.</summary>
    public double From { get; init => field = Require.AtLeast(0, value); }

    /// <summary>The weight after the warm-up.</summary>
    public double To { get; init => field = Require.AtLeast(0, value); } = 1;

    /// <summary>Length of the warm-up in epochs; fractions count.</summary>
    public double Epochs { get; init => field = Require.Above(0, value); } = 10;

    /// <inheritdoc/>
    [JsonIgnore]
    public override double Final => To;

    /// <inheritdoc/>
    // β(e) = from + (to − from) · min(1, e / epochs)
    public override double At(double epoch) => From + (To - From) * Math.Min(1, epoch / Epochs);
}
