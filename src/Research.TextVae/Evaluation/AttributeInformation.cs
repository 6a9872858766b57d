using Research.TextVae.Support;

namespace Research.TextVae.Evaluation;

/// <summary>
/// Mutual information, in nats, of a continuous quantity (a latent dimension) and a class (an attribute of the sentence), over a set:
/// the quantity is cut into bins of equal counts, so what is measured is the information of the bin about the class.
/// </summary>
/// <param name="Value">The estimate, less its bias as if nothing were told (Miller 1955; Roulston 1999).</param>
/// <param name="Chance">The same estimate with the classes shuffled: mean over shuffles, near zero.</param>
/// <param name="Largest">The largest over shuffles: a value above it is more than chance.</param>
public sealed record AttributeInformation(double Value, double Chance, double Largest)
{
    /// <param name="values">The quantity for each example.</param>
    /// <param name="classes">The class of each, from 0.</param>
    /// <param name="bins">Bins the quantity is cut into.</param>
    /// <param name="shuffles">Shuffles of the classes that chance is measured by.</param>
    /// <param name="seed">Seed of the shuffles.</param>
    /// <exception cref="UserException">There are fewer examples than bins.</exception>
    public static AttributeInformation Estimate(
        IReadOnlyList<double> values, IReadOnlyList<int> classes, int bins, int shuffles, ulong seed)
    {
        ArgumentNullException.ThrowIfNull(values);
        ArgumentNullException.ThrowIfNull(classes);
        if (values.Count != classes.Count)
            throw new ArgumentException($"There are {values.Count} values and {classes.Count} classes.", nameof(classes));
        var places = Bins(values, bins);
        var count = classes.Max() + 1;
        var shuffled = classes.ToArray();
        var random = new StableRandom(seed);
        var chance = new double[Require.AtLeast(1, shuffles)];
        for (var i = 0; i < chance.Length; i++)
        {
            random.Shuffle<int>(shuffled);
            chance[i] = Corrected(places, shuffled, bins, count);
        }

        return new AttributeInformation(Corrected(places, classes, bins, count), chance.Average(), chance.Max());
    }

    /// <summary>The bin of each value; bins hold equal counts, as far as equal values, which stay together, allow.</summary>
    /// <exception cref="UserException">There are fewer values than bins.</exception>
    public static int[] Bins(IReadOnlyList<double> values, int bins)
    {
        ArgumentNullException.ThrowIfNull(values);
        if (values.Count < Require.AtLeast(2, bins))
            throw new UserException($"{values.Count} values cannot fill {bins} bins; take fewer bins or more sentences.");
        var sorted = values.Order().ToArray();
        var edges = Enumerable.Range(1, bins - 1).Select(i => sorted[(int)((long)i * sorted.Length / bins)]).ToArray();
        return [.. values.Select(value => edges.Count(edge => edge <= value))];
    }

    // Î(X;Y) = Σ p̂(x,y) log p̂(x,y) / (p̂(x) p̂(y)) − (|X| − 1)(|Y| − 1) / 2N, over the bins and classes that occur
    private static double Corrected(int[] bins, IReadOnlyList<int> classes, int binCount, int classCount)
    {
        var joint = new double[binCount, classCount];
        var (rows, columns) = (new double[binCount], new double[classCount]);
        for (var i = 0; i < bins.Length; i++)
        {
            joint[bins[i], classes[i]]++;
            rows[bins[i]]++;
            columns[classes[i]]++;
        }

        var information = 0.0;
        for (var b = 0; b < binCount; b++)
        {
            for (var c = 0; c < classCount; c++)
            {
                if (joint[b, c] > 0)
                    information += joint[b, c] / bins.Length * Math.Log(joint[b, c] * bins.Length / (rows[b] * columns[c]));
            }
        }

        return information - (rows.Count(n => n > 0) - 1) * (columns.Count(n => n > 0) - 1) / (2.0 * bins.Length);
    }
}
