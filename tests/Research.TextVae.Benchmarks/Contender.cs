using System.Text.Json.Serialization;

namespace Research.TextVae.Benchmarks;

/// <summary>What was measured of one side.</summary>
/// <param name="Setting">How it was run.</param>
/// <param name="Seconds">Of each step, round by round.</param>
/// <param name="PeakBytes">The most memory its process has held.</param>
internal sealed record Contender(string Setting, double[][] Seconds, long PeakBytes)
{
    /// <summary>Median seconds a step.</summary>
    [JsonIgnore]
    public double Median => Statistics.Median(Seconds.SelectMany(round => round));

    /// <summary>Median seconds a step of each round.</summary>
    [JsonIgnore]
    public IEnumerable<double> Rounds => Seconds.Select(Statistics.Median);
}
