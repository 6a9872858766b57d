namespace Research.TextVae.Charts;

/// <summary>
/// Means of the posterior p(z|x) that a model implies and of its encoder's q(z|x), a point per sentence. On the dotted diagonal the
/// encoder is right.
/// </summary>
public static class PosteriorComparison
{
    /// <param name="model">Means of p(z|x).</param>
    /// <param name="encoder">Means of q(z|x).</param>
    /// <param name="labels">What the points are coloured by.</param>
    /// <param name="reach">Where both axes end, on either side of 0.</param>
    /// <param name="title">Title of the figure.</param>
    public static Figure Of(
        IReadOnlyList<double> model, IReadOnlyList<double> encoder, IReadOnlyList<string> labels, double reach, string title)
    {
        var diagonal = Line.Of([-reach, reach], [-reach, reach], dash: LineDash.Dot);
        var groups = Enumerable.Range(0, labels.Count).GroupBy(i => labels[i]);
        var points = groups.Select(group => Scatter.Of(group.Select(i => model[i]), group.Select(i => encoder[i]), group.Key));
        return Figure.Of(points
                .Select(trace => (Trace)(trace with { Size = 4, Opacity = 0.7 }))
                .Prepend(diagonal with { Width = 1, Hoverable = false, Color = PlotColor.Muted, Legend = false }))
            .Title(title).XRange(-reach, reach).YRange(-reach, reach).EqualScale();
    }

    /// <summary>Figures side by side, titled at the outer axes only.</summary>
    /// <param name="columns">Figures in a row.</param>
    /// <param name="panels">The figures.</param>
    public static Figure Grid(int columns, IReadOnlyList<Figure> panels)
    {
        ArgumentNullException.ThrowIfNull(panels);
        Figure Titled(Figure panel, int i)
        {
            panel = i % columns == 0 ? panel.Y("mean of q(z|x)") : panel;
            return i + columns >= panels.Count ? panel.X("mean of p(z|x)") : panel;
        }

        return Figure.Grid(columns, [.. panels.Select(Titled)]);
    }
}
