namespace Research.TextVae.Text;

/// <summary>What a byte-level BPE vocabulary holds.</summary>
public sealed record BpeTokenizerOptions
{
    /// <summary>Most entries: the four markers, the 256 bytes, and what is merged from them.</summary>
    public int MaxVocabulary { get; init => field = Require.AtLeast(4 + 256, value); } = 10_000;

    /// <summary>Pairs that occur less often are not merged.</summary>
    public int MinFrequency { get; init => field = Require.AtLeast(1, value); } = 1;

    /// <summary>Whether capital and small letters are the same.</summary>
    public bool Lowercase { get; init; }
}
