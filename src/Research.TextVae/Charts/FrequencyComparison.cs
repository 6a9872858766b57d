namespace Research.TextVae.Charts;

/// <summary>Frequencies of the same tokens in two texts, on logarithmic axes. On the dotted diagonal both are equally frequent.</summary>
public static class FrequencyComparison
{
    /// <param name="x">Frequencies in the one text.</param>
    /// <param name="y">Frequencies in the other; a frequency of 0 has no place on the axes.</param>
    /// <param name="tokens">What is written at the points.</param>
    public static Figure Of(IReadOnlyList<double> x, IReadOnlyList<double> y, IReadOnlyList<string> tokens)
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(y);
        var positive = x.Concat(y).Where(frequency => frequency > 0).DefaultIfEmpty(1).ToArray();
        double[] ends = [0.8 * positive.Min(), 1.2 * positive.Max()];
        var diagonal = Line.Of(ends, ends, dash: LineDash.Dot) with { Hoverable = false, Opacity = 0.5 };
        var points = Scatter.Of(x, y, labels: tokens, hover: tokens) with { Size = 5 };
        return Figure.Of(diagonal, points).LogX().LogY().Height(620).Legend(false);
    }
}
