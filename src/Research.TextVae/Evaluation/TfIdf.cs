using Research.TextVae.Support;

namespace Research.TextVae.Evaluation;

/// <summary>
/// Texts as bags of words weighted by term frequency and inverse document frequency, and how near others are to them by the cosine
/// (Salton and Buckley 1988): the baseline of retrieval.
/// </summary>
public sealed class TfIdf
{
    private readonly int _count;
    private readonly Dictionary<int, (int Document, double Weight)[]> _postings;

    /// <param name="documents">Token ids of the texts to be found; at least one.</param>
    public TfIdf(IReadOnlyList<int[]> documents)
    {
        ArgumentNullException.ThrowIfNull(documents);
        _count = Require.AtLeast(1, documents.Count, "The number of texts to be found");
        _postings = documents.SelectMany((tokens, document) => Frequencies(tokens).Select(term => (document, term)))
            .GroupBy(entry => entry.term.Token)
            .ToDictionary(
                entries => entries.Key,
                entries => entries.Select(entry => (entry.document, (double)entry.term.Frequency)).ToArray());
        var norms = new double[_count];
        foreach (var (token, postings) in _postings)
            foreach (var (document, frequency) in postings)
                norms[document] += Math.Pow(frequency * Rarity(token), 2);
        foreach (var (token, postings) in _postings)
            for (var i = 0; i < postings.Length; i++)
                postings[i].Weight *= Rarity(token) / Math.Sqrt(Math.Max(double.Epsilon, norms[postings[i].Document]));
    }

    /// <summary>The cosine of a text with each document, 0 to 1; 0 where they have no word in common. Words that no document has do not
    /// count.</summary>
    /// <param name="text">Token ids.</param>
    // w_t = tf_t · ln(N / df_t),   cos = Σ_t w_t w'_t / (‖w‖ ‖w'‖)
    public double[] Cosines(IReadOnlyList<int> text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var cosines = new double[_count];
        var norm = 0.0;
        foreach (var (token, frequency) in Frequencies(text))
        {
            if (!_postings.TryGetValue(token, out var postings))
                continue;
            var weight = frequency * Rarity(token);
            norm += weight * weight;
            foreach (var (document, other) in postings)
                cosines[document] += weight * other;
        }

        return norm == 0 ? cosines : Array.ConvertAll(cosines, cosine => cosine / Math.Sqrt(norm));
    }

    /// <summary>The highest cosine of a text with the documents of each class.</summary>
    /// <param name="text">Token ids.</param>
    /// <param name="classes">The class of each document, from 0.</param>
    /// <param name="count">How many classes there are.</param>
    public double[] HighestByClass(IReadOnlyList<int> text, IReadOnlyList<int> classes, int count)
    {
        ArgumentNullException.ThrowIfNull(classes);
        var highest = new double[count];
        var cosines = Cosines(text);
        for (var document = 0; document < cosines.Length; document++)
            highest[classes[document]] = Math.Max(highest[classes[document]], cosines[document]);
        return highest;
    }

    private static IEnumerable<(int Token, int Frequency)> Frequencies(IEnumerable<int> tokens) =>
        tokens.GroupBy(token => token).Select(own => (own.Key, own.Count()));

    // ln(N / df)
    private double Rarity(int token) => Math.Log((double)_count / _postings[token].Length);
}
