namespace Research.TextVae.Evaluation;

/// <summary>Statistics of a sample.</summary>
public static class Statistics
{
    /// <summary>The middle value; of an even number of values the mean of the two in the middle.</summary>
    /// <param name="values">At least one.</param>
    public static double Median(IReadOnlyList<double> values)
    {
        ArgumentNullException.ThrowIfNull(values);
        double[] sorted = [.. values.Order()];
        return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }

    /// <summary>The sample standard deviation; 0 for a single value.</summary>
    /// <param name="values">At least one.</param>
    // s² = Σᵢ (xᵢ − x̄)² / (n − 1)
    public static double StandardDeviation(IReadOnlyList<double> values)
    {
        ArgumentNullException.ThrowIfNull(values);
        var mean = values.Average();
        return values.Count < 2 ? 0 : Math.Sqrt(values.Sum(value => (value - mean) * (value - mean)) / (values.Count - 1));
    }

    /// <summary>The standard error of the mean; 0 for a single value.</summary>
    /// <param name="values">At least one.</param>
    public static double StandardError(IReadOnlyList<double> values) => StandardDeviation(values) / Math.Sqrt(values.Count);

    /// <summary>The entropy of the distribution of some classes, in nats.</summary>
    /// <param name="classes">The class of each example.</param>
    // H = −Σ_c p̂(c) log p̂(c)
    public static double Entropy(IReadOnlyCollection<int> classes)
    {
        ArgumentNullException.ThrowIfNull(classes);
        return classes.GroupBy(c => c).Select(group => group.Count() / (double)classes.Count).Sum(share => -share * Math.Log(share));
    }

    /// <summary>Pearson's correlation coefficient of two variables.</summary>
    /// <param name="x">At least two values.</param>
    /// <param name="y">As many.</param>
    // r = Σᵢ (xᵢ − x̄)(yᵢ − ȳ) / √( Σᵢ (xᵢ − x̄)² Σᵢ (yᵢ − ȳ)² )
    public static double Correlation(IReadOnlyList<double> x, IReadOnlyList<double> y)
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(y);
        var (meanX, meanY) = (x.Average(), y.Average());
        var covariance = x.Zip(y, (a, b) => (a - meanX) * (b - meanY)).Sum();
        return covariance / Math.Sqrt(x.Sum(a => (a - meanX) * (a - meanX)) * y.Sum(b => (b - meanY) * (b - meanY)));
    }

    /// <summary>The value at a point of a curve through given points, linear between them and constant beyond.</summary>
    /// <param name="x">Points in ascending order.</param>
    /// <param name="y">The values there.</param>
    /// <param name="at">The point.</param>
    public static double Interpolate(IReadOnlyList<double> x, IReadOnlyList<double> y, double at)
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(y);
        var right = 0;
        while (right < x.Count && x[right] < at)
            right++;
        if (right == 0 || right == x.Count)
            return y[Math.Min(right, x.Count - 1)];
        var share = (at - x[right - 1]) / (x[right] - x[right - 1]);
        return y[right - 1] + share * (y[right] - y[right - 1]);
    }
}
