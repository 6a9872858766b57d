using Research.TextVae.Text;

namespace Research.TextVae.Datasets;

/// <summary>Finds what two Bibles say alike, by Strong's numbers of the Hebrew and Greek words that both translate.</summary>
internal static class VerseAlignment
{
    // Of the words that the shorter list names, how many the other must name too.
    private const double Shared = 0.5;

    /// <summary>
    /// Verses of one chapter and number, in the order of the second Bible. Where both are tagged they must agree, which leaves out the
    /// chapters that the two count differently.
    /// </summary>
    public static IEnumerable<(Verse Source, Verse Target)> Pair(IReadOnlyList<Verse> source, IReadOnlyList<Verse> target)
    {
        var places = source.DistinctBy(verse => (verse.Chapter, verse.Number)).ToDictionary(verse => (verse.Chapter, verse.Number));
        foreach (var verse in target)
        {
            if (places.TryGetValue((verse.Chapter, verse.Number), out var other)
                && (other.Originals.Count == 0 || verse.Originals.Count == 0 || Agree(other.Originals, verse.Originals)))
                yield return (other, verse);
        }
    }

    /// <summary>The clauses of two verses one by one where they are as many and all agree; otherwise the whole verses.</summary>
    public static IEnumerable<TextPair> Clauses(Verse source, Verse target) =>
        source.Clauses.Count == target.Clauses.Count
            && source.Clauses.Zip(target.Clauses).All(pair => Agree(pair.First.Originals, pair.Second.Originals))
            ? source.Clauses.Zip(target.Clauses, (read, written) => new TextPair(read.Text, written.Text))
            : [new TextPair(source.Text, target.Text)];

    private static bool Agree(IReadOnlySet<string> some, IReadOnlySet<string> others) =>
        some.Count > 0 && others.Count > 0 && some.Count(others.Contains) >= Shared * Math.Min(some.Count, others.Count);
}
