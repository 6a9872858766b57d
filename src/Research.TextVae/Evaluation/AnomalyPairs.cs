using Research.TextVae.Support;
using Research.TextVae.Text;
using Research.TextVae.Tokenizers;

namespace Research.TextVae.Evaluation;

/// <summary>Held-out sentences and anomalies, the i-th of both of equal length, so that length alone is no evidence.</summary>
/// <param name="Ordinary">The held-out sentences.</param>
/// <param name="Anomalous">As many anomalies.</param>
public sealed record AnomalyPairs(EncodedSentences Ordinary, EncodedSentences Anomalous)
{
    /// <summary>The area under the ROC curve of the length in tokens; 0.5 where length is no evidence.</summary>
    public double LengthArea => RocCurve.FromScores(LengthsOf(Ordinary), LengthsOf(Anomalous)).Area;

    /// <summary>Sentences of another source in random order, each with a held-out one of as many tokens as long as one is left.</summary>
    /// <param name="heldOut">Held-out sentences.</param>
    /// <param name="others">Sentences of the other source.</param>
    /// <param name="tokenizer">The tokenizer of the held-out sentences.</param>
    /// <param name="most">How many pairs, at most.</param>
    /// <param name="seed">Seed of the order.</param>
    public static AnomalyPairs Match(
        EncodedSentences heldOut, IEnumerable<Sentence> others, Tokenizer tokenizer, int most, ulong seed)
    {
        ArgumentNullException.ThrowIfNull(heldOut);
        ArgumentNullException.ThrowIfNull(tokenizer);
        var random = new StableRandom(StableRandom.Derive(seed, 1));
        var partners = Shuffled(Enumerable.Range(0, heldOut.Count), random)
            .GroupBy(i => heldOut[i].Length).ToDictionary(group => group.Key, group => new Queue<int>(group));
        var pairs = new List<(int Ordinary, int[] Tokens, Sentence Source)>();
        foreach (var sentence in Shuffled(others, random))
        {
            int[] tokens = [.. tokenizer.EncodeToIds(sentence.Text)];
            if (partners.TryGetValue(tokens.Length, out var free) && free.TryDequeue(out var partner))
                pairs.Add((partner, tokens, sentence));
            if (pairs.Count == most)
                break;
        }

        return new AnomalyPairs(
            heldOut.Subset([.. pairs.Select(pair => pair.Ordinary)]),
            new EncodedSentences([.. pairs.Select(pair => pair.Tokens)], [.. pairs.Select(pair => pair.Source)]));
    }

    /// <summary>Held-out sentences beside their own tokens in random order, so that only the order is wrong.</summary>
    /// <param name="heldOut">Held-out sentences.</param>
    /// <param name="tokenizer">The tokenizer of the held-out sentences.</param>
    /// <param name="most">How many pairs, at most; evenly spaced over the set.</param>
    /// <param name="seed">Seed of the order.</param>
    /// <param name="minTokens">Shorter sentences are left out, since some orders of theirs are as good.</param>
    public static AnomalyPairs Shuffle(EncodedSentences heldOut, Tokenizer tokenizer, int most, ulong seed, int minTokens = 6)
    {
        ArgumentNullException.ThrowIfNull(heldOut);
        ArgumentNullException.ThrowIfNull(tokenizer);
        var random = new StableRandom(StableRandom.Derive(seed, 2));
        int[] longer = [.. Enumerable.Range(0, heldOut.Count).Where(i => heldOut[i].Length >= minTokens)];
        var ordinary = heldOut.Subset(longer).EvenlySpaced(most);
        int[][] shuffled = [.. ordinary.Select(sentence => Shuffled(sentence, random))];
        var sources = shuffled.Select((ids, i) => ordinary.Source(i) with { Text = tokenizer.Decode(ids) });
        return new AnomalyPairs(ordinary, new EncodedSentences(shuffled, [.. sources]));
    }

    /// <summary>Held-out sentences beside themselves with one token replaced by one from elsewhere in the set, so that it is known where
    /// the anomaly is.</summary>
    /// <inheritdoc cref="Shuffle"/>
    public static AnomalyPairs Replace(EncodedSentences heldOut, Tokenizer tokenizer, int most, ulong seed, int minTokens = 6)
    {
        ArgumentNullException.ThrowIfNull(heldOut);
        ArgumentNullException.ThrowIfNull(tokenizer);
        var random = new StableRandom(StableRandom.Derive(seed, 3));
        int[] longer = [.. Enumerable.Range(0, heldOut.Count).Where(i => heldOut[i].Length >= minTokens)];
        var ordinary = heldOut.Subset(longer).EvenlySpaced(most);
        int[] places = [.. ordinary.Select(sentence => random.Next(sentence.Length))];
        int[][] replaced = [.. ordinary.Select((sentence, i) => Replaced(sentence, places[i], heldOut, random))];
        var sources = replaced.Select((ids, i) => ordinary.Source(i) with { Text = tokenizer.Decode(ids) });
        return new AnomalyPairs(ordinary, new EncodedSentences(replaced, [.. sources])) { Places = places };
    }

    /// <summary>Where the anomaly of each sentence is, as the place of a token; none where it is the whole sentence.</summary>
    public IReadOnlyList<int> Places { get; private init; } = [];

    /// <summary>The share of the anomalies whose most surprising token is the one that was replaced.</summary>
    /// <param name="perToken">How surprising each token is; of each anomaly, its end included.</param>
    public double Located(IReadOnlyList<double[]> perToken)
    {
        ArgumentNullException.ThrowIfNull(perToken);
        return Places.Select((place, i) => Array.IndexOf(perToken[i], perToken[i].Max()) == place ? 1.0 : 0).Average();
    }

    // One token is another one, as likely as it is frequent.
    private static int[] Replaced(int[] sentence, int place, EncodedSentences others, StableRandom random)
    {
        var ids = sentence.ToArray();
        while (ids[place] == sentence[place])
        {
            var other = others[random.Next(others.Count)];
            ids[place] = other[random.Next(other.Length)];
        }

        return ids;
    }

    private static double[] LengthsOf(EncodedSentences sentences) => [.. sentences.Lengths.Select(length => (double)length)];

    private static T[] Shuffled<T>(IEnumerable<T> items, StableRandom random)
    {
        T[] order = [.. items];
        random.Shuffle<T>(order);
        return order;
    }
}
