namespace Research.TextVae.Charts;

/// <summary>Two dimensions of the posterior means, one point per text, coloured by label.</summary>
public static class PosteriorMeans2D
{
    /// <summary>Labels beyond the most frequent ones share one grey, since more colours cannot be told apart.</summary>
    private const int ColoredLabels = 7;

    /// <param name="first">First coordinate of each point.</param>
    /// <param name="second">Second coordinate of each point.</param>
    /// <param name="labels">One label per point, such as its book or class.</param>
    /// <param name="texts">Shown over each point.</param>
    public static Figure Of(
        IReadOnlyList<double> first, IReadOnlyList<double> second, IReadOnlyList<string> labels, IReadOnlyList<string>? texts = null,
        string xTitle = "latent dimension 1", string yTitle = "latent dimension 2")
    {
        if (first.Count != second.Count || first.Count != labels.Count || first.Count != (texts?.Count ?? first.Count))
            throw new ArgumentException(
                $"{first.Count} and {second.Count} coordinates, {labels.Count} labels and {texts?.Count ?? first.Count} texts are not one "
                    + "per point.");

        var groups = Enumerable.Range(0, labels.Count).GroupBy(i => labels[i]).OrderByDescending(group => group.Count()).ToArray();
        var colored = groups.Length <= ColoredLabels + 1 ? groups.Length : ColoredLabels;
        var rest = groups.Skip(colored).SelectMany(group => group).ToArray();

        Scatter Points(int[] points, string name) => Scatter.Of(
            points.Select(i => first[i]), points.Select(i => second[i]), name,
            hover: texts is null ? null : [.. points.Select(i => texts[i])]) with
        {
            Size = first.Count switch { > 3000 => 3.5, > 600 => 5, _ => 7 },
            Opacity = 0.75,
        };

        // The grey points first, so that they lie under the others.
        Trace[] traces = rest.Length == 0
            ? []
            : [Points(rest, $"other ({groups.Length - colored} labels)") with { Color = PlotColor.Muted, Opacity = 0.4 }];
        return Figure.Of(traces.Concat(groups.Take(colored).Select(group => Points([.. group], group.Key))))
            .Title("Posterior means").X(xTitle).Y(yTitle).Height(520);
    }
}
