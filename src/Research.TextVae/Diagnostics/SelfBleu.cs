using System.Runtime.InteropServices;

namespace Research.TextVae.Diagnostics;

/// <summary>
/// How much the samples of a model resemble each other (Zhu et al. 2018): the mean of the BLEU-4 of each against all others as
/// references. High values say that a model always writes the same.
/// </summary>
public static class SelfBleu
{
    /// <summary>0 to 100. It grows with the number of texts: compare equal numbers, by custom 500.</summary>
    /// <param name="texts">Token ids; at least two texts.</param>
    /// <exception cref="UserException">There are fewer.</exception>
    public static double Compute(IReadOnlyList<int[]> texts)
    {
        ArgumentNullException.ThrowIfNull(texts);
        Require.AtLeast(2, texts.Count, "The number of texts of a self-BLEU");
        var matches = new double[texts.Count, NGramCounter.MaxOrder];
        for (var order = 1; order <= NGramCounter.MaxOrder; order++)
        {
            var counts = texts.Select(text => NGramCounter.Count(text, order)).ToArray();
            var most = Most(counts);
            for (var text = 0; text < counts.Length; text++)
                foreach (var (ngram, count) in counts[text])
                    matches[text, order - 1] += Math.Min(count, most[ngram] is var (first, holder, second) && holder == text ? second : first);
        }

        return texts.Select((text, i) => Bleu.Smoothed(
            MemoryMarshal.CreateSpan(ref matches[i, 0], NGramCounter.MaxOrder),
            text.Length,
            Bleu.Closest(text.Length, texts.Where((_, other) => other != i).Select(other => other.Length)))).Average();
    }

    // How often the text that has an n-gram most has it, which text that is, and how often the next one has it: with these the most
    // among all other texts is known for each text.
    private static Dictionary<(int, int, int, int), (int First, int Holder, int Second)> Most(Dictionary<(int, int, int, int), int>[] counts)
    {
        var most = new Dictionary<(int, int, int, int), (int First, int Holder, int Second)>();
        for (var text = 0; text < counts.Length; text++)
        {
            foreach (var (ngram, count) in counts[text])
            {
                ref var entry = ref CollectionsMarshal.GetValueRefOrAddDefault(most, ngram, out _);
                entry = count > entry.First ? (count, text, entry.First) : entry with { Second = Math.Max(count, entry.Second) };
            }
        }

        return most;
    }
}
