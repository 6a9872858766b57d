using Research.TextVae.Support;
using Research.TextVae.Text;

namespace Research.TextVae.Synthetic;

/// <summary>
/// A mixture of Markov chains over words: a class c, uniform, then words by the class's own transition probabilities, until the chain
/// ends. Likelihood, class posterior and mutual information of class and sentence are exact sums.
/// </summary>
public sealed class MarkovMixture
{
    private const int Markers = 4;
    private readonly double[][,] _transitions; // [class][from, to]; the last column is the end, row 0 the start

    /// <param name="seed">Decides the transition probabilities.</param>
    /// <param name="classes">K.</param>
    /// <param name="words">Words, the markers not counted.</param>
    /// <param name="meanLength">Words of a sentence in the mean.</param>
    /// <param name="concentration">Of the Dirichlet each row is drawn from: small values make rows that differ much between
    /// classes.</param>
    public MarkovMixture(ulong seed, int classes, int words = 50, double meanLength = 8, double concentration = 0.2)
    {
        (Classes, Words) = (Require.AtLeast(1, classes), Require.AtLeast(1, words));
        Require.Above(1, meanLength);
        var random = new StableRandom(seed);
        _transitions = [.. Enumerable.Range(0, classes).Select(_ => Table(random, words, 1 / meanLength, concentration))];
    }

    /// <summary>Number of classes, each a Markov chain of its own.</summary>
    public int Classes { get; }

    /// <summary>Number of words, the markers not included.</summary>
    public int Words { get; }

    /// <summary>Tokens of the vocabulary, the markers included; word i is token i + 4.</summary>
    public int Vocabulary => Words + Markers;

    /// <summary>Draws sentences; the label of each is its class.</summary>
    public EncodedSentences Sample(int count, ulong seed)
    {
        var random = new StableRandom(seed);
        var (ids, sources) = (new List<int[]>(count), new List<Sentence>(count));
        for (var i = 0; i < count; i++)
        {
            var c = random.Next(Classes);
            var sentence = new List<int>();
            for (var from = 0; ;)
            {
                var to = Draw(_transitions[c], from, random);
                if (to == Words)
                    break;
                sentence.Add(to + Markers);
                from = to + 1;
            }

            ids.Add([.. sentence]);
            sources.Add(
                new Sentence(
                    string.Join(' ', sentence.Select(id => $"w{id - Markers}")), "mixture", FormattableString.Invariant($"class {c}")));
        }

        return new EncodedSentences(ids, sources);
    }

    /// <summary>−log p(x) in nats, the end included.</summary>
    // p(x) = 1/K Σ_c p(x|c)
    public double Nll(ReadOnlySpan<int> sentence) => Math.Log(Classes) - LogSum(LogLikelihoods(sentence));

    /// <summary>p(c|x) of each class.</summary>
    public double[] ClassPosterior(ReadOnlySpan<int> sentence)
    {
        var likelihoods = LogLikelihoods(sentence);
        var total = LogSum(likelihoods);
        return Array.ConvertAll(likelihoods, value => Math.Exp(value - total));
    }

    /// <summary>I(x; c) in nats, from the exact posteriors of these sentences: ln K − E[H(c|x)].</summary>
    public double ClassInformation(EncodedSentences sentences)
    {
        ArgumentNullException.ThrowIfNull(sentences);
        return Math.Log(Classes) + sentences.Average(sentence => ClassPosterior(sentence).Sum(p => p > 0 ? p * Math.Log(p) : 0));
    }

    private double[] LogLikelihoods(ReadOnlySpan<int> sentence)
    {
        var sums = new double[Classes];
        for (var c = 0; c < Classes; c++)
        {
            var from = 0;
            foreach (var id in sentence)
            {
                sums[c] += Math.Log(_transitions[c][from, id - Markers]);
                from = id - Markers + 1;
            }

            sums[c] += Math.Log(_transitions[c][from, Words]);
        }

        return sums;
    }

    private static double LogSum(double[] values)
    {
        var highest = values.Max();
        return highest + Math.Log(values.Sum(value => Math.Exp(value - highest)));
    }

    private static int Draw(double[,] table, int from, StableRandom random)
    {
        var left = random.NextDouble();
        for (var to = 0; to < table.GetLength(1) - 1; to++)
        {
            left -= table[from, to];
            if (left < 0)
                return to;
        }

        // What rounding leaves over: the end, but not of an empty sentence.
        return from == 0 ? table.GetLength(1) - 2 : table.GetLength(1) - 1;
    }

    private static double[,] Table(StableRandom random, int words, double ending, double concentration)
    {
        var table = new double[words + 1, words + 1];
        for (var from = 0; from <= words; from++)
        {
            var weights = Enumerable.Range(0, words).Select(_ => Gamma(random, concentration) + 1e-12).ToArray();
            var total = weights.Sum();
            var end = from == 0 ? 0 : ending; // no sentence is empty
            for (var to = 0; to < words; to++)
                table[from, to] = weights[to] / total * (1 - end);
            table[from, words] = end;
        }

        return table;
    }

    // Marsaglia and Tsang 2000; below shape 1 by the power of a uniform number.
    private static double Gamma(StableRandom random, double shape)
    {
        if (shape < 1)
            return Gamma(random, shape + 1) * Math.Pow(1 - random.NextDouble(), 1 / shape);
        var d = shape - 1.0 / 3;
        while (true)
        {
            var normal = Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
            var v = Math.Pow(1 + normal / Math.Sqrt(9 * d), 3);
            if (v > 0 && Math.Log(1 - random.NextDouble()) < 0.5 * normal * normal + d - d * v + d * Math.Log(v))
                return d * v;
        }
    }
}
