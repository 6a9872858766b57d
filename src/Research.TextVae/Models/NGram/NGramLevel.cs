namespace Research.TextVae.Models;

/// <summary>
/// The n-grams of one order, sorted by their context (its place in the level below) and then by the last token, so that the
/// continuations of a context lie side by side.
/// </summary>
/// <param name="tokens">The last token of each.</param>
/// <param name="suffixes">The place in the level below of each without its first token.</param>
internal sealed class NGramLevel(int[] tokens, int[] suffixes)
{
    /// <summary>n-grams of this order.</summary>
    public int Count => tokens.Length;

    /// <summary>The last token.</summary>
    public int[] Tokens => tokens;

    /// <summary>The place in the level below of the n-gram without its first token.</summary>
    public int[] Suffixes => suffixes;

    /// <summary>log p(last token | the others), in nats.</summary>
    public float[] LogProbabilities { get; } = new float[tokens.Length];

    /// <summary>log γ of the n-gram as a context: the weight of the shorter context's distribution; 0 for one never continued.</summary>
    public float[] LogBackOffs { get; } = new float[tokens.Length];

    /// <summary>Where in the level above the continuations of each n-gram begin, and after the last where they end; empty at the top.</summary>
    public int[] Continuations { get; set; } = [];

    /// <summary>The place in the level above of a context's continuation with this token, or −1.</summary>
    public int Find(int context, int token, NGramLevel above)
    {
        var (first, length) = (Continuations[context], Continuations[context + 1] - Continuations[context]);
        // The greatest token not above the wanted one stays within [first, first + length).
        while (length > 1)
        {
            var half = length / 2;
            first += above.Tokens[first + half] <= token ? half : 0;
            length -= half;
        }

        return length == 1 && above.Tokens[first] == token ? first : -1;
    }
}
