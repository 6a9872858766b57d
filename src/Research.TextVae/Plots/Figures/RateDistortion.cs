using System.Globalization;

namespace Research.TextVae.Plots;

/// <summary>
/// Rate (KL) against distortion (reconstruction). Models of equal −ELBO = rate + distortion lie on a line of slope −1, drawn dashed;
/// lower is better. (Alemi et al. 2018, "Fixing a Broken ELBO".)
/// </summary>
public static class RateDistortion
{
    /// <param name="points">In the order of β: a line joins them.</param>
    public static Figure Of(IEnumerable<RatePoint> points, string? name = null)
    {
        var all = points.Where(point => double.IsFinite(point.Rate) && double.IsFinite(point.Distortion)).ToArray();
        var figure = Figure.Of().Title("Rate and distortion").X("rate: KL (nats per sentence)").Y("distortion: reconstruction (nats per sentence)").Height(460);
        if (all.Length == 0) return figure;

        var rates = Padded(all.Select(point => point.Rate), right: 0.2);
        var distortions = Padded(all.Select(point => point.Distortion));
        var levels = RoundLevels(all.Min(Total), all.Max(Total));
        foreach (var level in levels) figure = AddLevel(figure, level, level == levels[0], rates, distortions);

        var curve = Line.Of(all.Select(point => point.Rate), all.Select(point => point.Distortion), name, markers: true) with
        {
            Labels = Labels(all, rates.High - rates.Low, distortions.High - distortions.Low),
            Hover = [.. all.Select(point => string.Create(CultureInfo.InvariantCulture, $"{point.Label}: −ELBO {Total(point):0.00} nats"))],
        };
        return figure.Add(curve).XRange(rates.Low, rates.High).YRange(distortions.Low, distortions.High);
    }

    private static double Total(RatePoint point) => point.Rate + point.Distortion;

    private static Figure AddLevel(Figure figure, double level, bool named, (double Low, double High) rates, (double Low, double High) distortions)
    {
        // D = level − R, cut at the edges of the plot.
        var (left, right) = (Math.Max(rates.Low, level - distortions.High), Math.Min(rates.High, level - distortions.Low));
        if (left >= right) return figure;
        var guide = Line.Of<double, double>([left, right], [level - left, level - right], dash: LineDash.Dash) with
        {
            Color = PlotColor.Muted, Width = 1, Opacity = 0.7, Hoverable = false,
        };
        // The first label says what the numbers are.
        var label = string.Create(CultureInfo.InvariantCulture, $"{(named ? "−ELBO = " : "")}{level:0.##}");
        return figure.Add(guide).Annotate(left, level - left, label, level - left < distortions.High ? "left" : named ? "right" : "center");
    }

    /// <summary>A few round numbers within the range, or the one below it where there is none.</summary>
    private static double[] RoundLevels(double low, double high)
    {
        var wanted = Math.Max(high - low, 1e-3) / 4;
        var power = Math.Pow(10, Math.Floor(Math.Log10(wanted)));
        var step = new[] { 1.0, 2, 5, 10 }.First(factor => factor * power >= wanted) * power;
        var last = Math.Floor(high / step);
        var first = Math.Min(Math.Ceiling(low / step), last);
        return [.. Enumerable.Range(0, (int)(last - first) + 1).Select(i => (first + i) * step)];
    }

    private static (double Low, double High) Padded(IEnumerable<double> values, double right = 0.12)
    {
        var (low, high) = (values.Min(), values.Max());
        return (low - Math.Max((high - low) * 0.12, 0.5), high + Math.Max((high - low) * right, 0.5));
    }

    /// <summary>Points that nearly coincide, as collapsed models do, share one label, so that no label covers another.</summary>
    private static string[] Labels(RatePoint[] points, double width, double height)
    {
        var labels = new string[points.Length];
        for (var i = 0; i < points.Length; i++)
        {
            if (labels[i] is not null) continue;
            var near = Enumerable.Range(i, points.Length - i).Where(j => labels[j] is null
                && Math.Abs(points[j].Rate - points[i].Rate) < 0.08 * width
                && Math.Abs(points[j].Distortion - points[i].Distortion) < 0.06 * height).ToArray();
            foreach (var j in near) labels[j] = "";
            labels[i] = string.Join(", ", near.Select(j => points[j].Label));
        }

        return labels;
    }
}
