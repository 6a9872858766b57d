namespace Research.TextVae.Benchmarks;

/// <summary>A measured size: median seconds of a step and the most memory the process held.</summary>
internal sealed record ScalingPoint(int Value, Benchmark Work, double Seconds, long PeakBytes);
