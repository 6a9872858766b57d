using System.Text.Json.Serialization;
using Research.TextVae.Kernels;

namespace Research.TextVae.Benchmarks;

/// <summary>What was measured of one side.</summary>
/// <param name="Name">Who it is.</param>
/// <param name="Precision">What its products are computed in.</param>
/// <param name="Setting">How it was run.</param>
/// <param name="Seconds">Of each step, round by round.</param>
/// <param name="PeakBytes">The most memory its process has held.</param>
/// <param name="Disturbed">In how many rounds other programs had more of the machine than <see cref="MachineLoad.Quiet"/>.</param>
internal sealed record Contender(string Name, Precision Precision, string Setting, double[][] Seconds, long PeakBytes, int Disturbed)
{
    /// <summary>Median seconds a step.</summary>
    [JsonIgnore]
    public double Median => Statistics.Median(Seconds.SelectMany(round => round));

    /// <summary>Median seconds a step of each round.</summary>
    [JsonIgnore]
    public IEnumerable<double> Rounds => Seconds.Select(Statistics.Median);

    /// <summary>Its fresh pages of memory per step, which the system clears.</summary>
    public double FreshPages { get; init; }
}
