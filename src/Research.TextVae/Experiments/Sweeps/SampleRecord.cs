namespace Research.TextVae.Experiments;

/// <summary>One line of a run's <c>samples.jsonl</c>: something the model wrote.</summary>
/// <param name="Kind"><c>prior</c>, <c>reconstruction</c>, <c>interpolation</c> (between posterior means) or <c>prior-interpolation</c>.</param>
/// <param name="Decoding">How tokens were chosen: <c>greedy</c>, <c>T = 1</c>, …</param>
/// <param name="Texts">
/// The sentences: one for a sample, original and reconstruction, or the points of a walk.
/// </param>
public sealed record SampleRecord(string Kind, string Decoding, IReadOnlyList<string> Texts)
{
    public const string Prior = "prior";
    public const string Reconstruction = "reconstruction";
    public const string Interpolation = "interpolation";
    public const string PriorInterpolation = "prior-interpolation";
}
