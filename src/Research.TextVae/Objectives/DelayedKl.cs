using System.Text.Json.Serialization;

namespace Research.TextVae.Objectives;

/// <summary>An autoencoder first: weight 0 for a while, then another schedule from its beginning.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record DelayedKl : KlSchedule
{
    /// <summary>Epochs of weight 0.</summary>
    public double Delay { get; init => field = Require.AtLeast(0, value); } = 2;

    /// <summary>What follows.</summary>
    public KlSchedule Then { get; init; } = new LinearKl();

    /// <inheritdoc/>
    [JsonIgnore]
    public override double Final => Then.Final;

    /// <inheritdoc/>
    public override double At(double epoch) => epoch < Delay ? 0 : Then.At(epoch - Delay);
}
