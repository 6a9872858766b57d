namespace Research.TextVae.Models;

/// <summary>Which pairs of words a <see cref="SkipGram"/> learns from.</summary>
public sealed record SkipGramOptions
{
    /// <summary>Words on each side of a word that can be its contexts. How many are is drawn for each word, 1 to this, so that near ones count more.</summary>
    public int Window { get; init => field = Require.AtLeast(1, value); } = 5;

    /// <summary>Words drawn at random against each pair, k.</summary>
    public int Negatives { get; init => field = Require.AtLeast(1, value); } = 5;

    /// <summary>Power of the word frequencies that the negatives are drawn by.</summary>
    public double NoisePower { get; init => field = Require.Within(0, 1, value); } = 0.75;

    /// <summary>t: a word of frequency f is left out with probability 1 − √(t / f), so that "the" does not drown all others; 1 keeps every word.</summary>
    public double Subsampling { get; init => field = Require.Above(0, value); } = 1e-3;
}
