namespace Research.TextVae.Text;

/// <summary>How a parallel corpus becomes training data. Source and target share one byte-pair vocabulary, which leaves no word unknown.</summary>
public sealed record PairOptions
{
    /// <summary>Most entries of the vocabulary: the four markers, the 256 bytes and what is merged from them.</summary>
    public int MaxVocabulary { get; init => field = Require.AtLeast(4 + 256, value); } = 4000;

    /// <summary>Whether capital and small letters are the same.</summary>
    public bool Lowercase { get; init; } = true;

    /// <summary>Pairs with a longer source, in tokens, are left out.</summary>
    public int MaxSourceTokens { get; init => field = Require.AtLeast(1, value); } = 40;

    /// <summary>Longer sources are cut at <see cref="MaxSourceTokens"/>; their pairs are not left out.</summary>
    public bool ClipSource { get; init; }

    /// <summary>Pairs with a longer target are left out.</summary>
    public int MaxTargetTokens { get; init => field = Require.AtLeast(1, value); } = 40;

    /// <summary>Share of the pairs held out for validation, in whole documents.</summary>
    public double Validation { get; init => field = Require.Within(0, 0.9, value); } = 0.05;

    /// <summary>Share of the pairs held out for test.</summary>
    public double Test { get; init => field = Require.Within(0, 0.9, value); } = 0.05;

    /// <summary>Decides which documents are held out and which training pairs are taken.</summary>
    public ulong Seed { get; init; }

    /// <summary>At most this many training pairs, chosen at random; 0 for all.</summary>
    public int MaxTrainPairs { get; init => field = Require.AtLeast(0, value); }
}
