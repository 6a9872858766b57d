using System.Text.Json.Serialization;
using Research.TextVae.Kernels;

namespace Research.TextVae.Benchmarks;

/// <summary>Where the time of a step goes.</summary>
/// <param name="Work">Name of the benchmark.</param>
/// <param name="Precision">Of our matrix products.</param>
/// <param name="Milliseconds">Median of a step.</param>
/// <param name="GemmPeak">GFLOP/s of a large matrix product right after.</param>
/// <param name="Shares">Of all threads' time, by <see cref="ProfilePart"/>.</param>
internal sealed record Profile(string Work, Precision Precision, double Milliseconds, double GemmPeak, Dictionary<string, double> Shares)
{
    /// <summary>Milliseconds of a step if it were nothing but its matrix products at the peak.</summary>
    [JsonIgnore]
    public double Floor => BenchmarkList.Named(Work).Operations / (GemmPeak * 1e9) * 1e3;
}
