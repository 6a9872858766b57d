using System.Text.Json.Serialization;

namespace Research.TextVae.Objectives;

/// <summary>Linear warm-ups repeated in cycles (Fu et al. 2019, equation 6): each restart lets the code be learnt anew.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record CyclicalKl : KlSchedule
{
    /// <summary>Length of a cycle in epochs.</summary>
    public double Period { get; init => field = Require.Above(0, value); } = 10;

    /// <summary>Share of a cycle in which the weight rises; it stays for the rest.</summary>
    public double Rising { get; init => field = Require.Above(0, Require.Within(0.0, 1.0, value)); } = 0.5;

    /// <summary>Cycles, after which the weight stays; without end when 0.</summary>
    public int Cycles { get; init => field = Require.AtLeast(0, value); }

    /// <summary>The weight it leads to.</summary>
    public double To { get; init => field = Require.AtLeast(0, value); } = 1;

    /// <inheritdoc/>
    [JsonIgnore]
    public override double Final => To;

    /// <inheritdoc/>
    // β(e) = to · min(1, τ / rising),   τ = (e mod period) / period
    public override double At(double epoch) =>
        Cycles > 0 && epoch >= Cycles * Period ? To : To * Math.Min(1, epoch % Period / Period / Rising);
}
