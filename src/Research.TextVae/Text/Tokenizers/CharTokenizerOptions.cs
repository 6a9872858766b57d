namespace Research.TextVae.Text;

/// <summary>What a character vocabulary holds.</summary>
public sealed record CharTokenizerOptions
{
    /// <summary>Most entries, the four markers included.</summary>
    public int MaxVocabulary { get; init => field = Require.AtLeast(5, value); } = 10_000;

    /// <summary>Rarer characters become <c>&lt;unk&gt;</c>.</summary>
    public int MinFrequency { get; init => field = Require.AtLeast(1, value); } = 1;

    /// <summary>Whether capital and small letters are the same.</summary>
    public bool Lowercase { get; init; }
}
