using Research.TextVae.Seeding;

namespace Research.TextVae.Text;

/// <summary>Some of many examples, chosen at random.</summary>
internal static class RandomPart
{
    /// <summary>At most <paramref name="count"/> of them (all when 0), kept in reading order.</summary>
    public static List<T> Of<T>(List<T> examples, int count, ulong seed)
    {
        if (count == 0 || count >= examples.Count)
            return examples;
        var order = Enumerable.Range(0, examples.Count).ToArray();
        new StableRandom(StableRandom.Derive(seed, 1)).Shuffle<int>(order);
        return [.. order.Take(count).Order().Select(i => examples[i])];
    }
}
