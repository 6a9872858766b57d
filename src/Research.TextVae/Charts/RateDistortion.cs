using System.Globalization;

namespace Research.TextVae.Charts;

/// <summary>
/// Rate (KL) against distortion (reconstruction). Models of equal −ELBO = rate + distortion lie on a line of slope −1, drawn dashed;
/// lower is better. (Alemi et al. 2018, "Fixing a Broken ELBO".) Rates that span more than two powers of ten, as those of an
/// autoencoder beside those of VAEs do, are drawn on a logarithmic axis, where the lines are curves.
/// </summary>
public static class RateDistortion
{
    /// <summary>Where a collapsed model is drawn on a logarithmic axis, nats.</summary>
    private const double LeastRate = 1e-3;

    /// <param name="points">In the order of β: a line joins them.</param>
    public static Figure Of(IEnumerable<RatePoint> points, string? name = null) => Of(points, name, joined: true);

    /// <param name="points">Models that no order joins; the legend names them.</param>
    public static Figure Scattered(IEnumerable<RatePoint> points) => Of(points, null, joined: false);

    private static Figure Of(IEnumerable<RatePoint> points, string? name, bool joined)
    {
        var all = points.Where(point => double.IsFinite(point.Rate) && double.IsFinite(point.Distortion)).ToArray();
        var figure = Figure.Of().Title("Rate and distortion").X("rate: KL (nats per sentence)")
            .Y("distortion: reconstruction (nats per sentence)").Height(460);
        if (all.Length == 0) return figure;

        // Along a sweep every rate is to be seen; of scattered models those that have collapsed may share one place.
        var small = joined ? all.Min(point => point.Rate) : Median(all.Select(point => point.Rate));
        var logarithmic = all.Max(point => point.Rate) > 100 * Math.Max(LeastRate, small);
        var rates = logarithmic ? PaddedFactor(all.Select(point => point.Rate)) : Padded(all.Select(point => point.Rate), right: 0.2);
        var distortions = Padded(all.Select(point => point.Distortion));
        var levels = RoundLevels(all.Min(Total), logarithmic ? Median(all.Select(Total)) * 1.5 : all.Max(Total));
        // A label that would meet the one before goes a line below it.
        var (row, end) = (0, double.NegativeInfinity);
        double Across(double rate) => logarithmic
            ? Math.Log(Math.Max(LeastRate, rate) / rates.Low) / Math.Log(rates.High / rates.Low)
            : (rate - rates.Low) / (rates.High - rates.Low);
        foreach (var level in levels)
        {
            var at = Across(level - distortions.High);
            row = at < end ? row + 1 : 0;
            end = at + (level == levels[0] ? 0.25 : 0.1);
            figure = AddLevel(figure, level, level == levels[0], row, logarithmic, rates, distortions);
        }


        var x = all.Select(point => logarithmic ? Math.Max(LeastRate, point.Rate) : point.Rate).ToArray();
        var y = all.Select(point => point.Distortion).ToArray();
        string[] hover =
            [.. all.Select(point => string.Create(CultureInfo.InvariantCulture, $"{point.Label}: −ELBO {Total(point):0.00} nats"))];
        Trace[] traces;
        if (joined)
        {
            var labels = Labels(all, Across, distortions.High - distortions.Low);
            traces = [Line.Of(x, y, name, markers: true) with { Labels = labels, Hover = hover }];
        }
        else
        {
            traces = [
                .. all.Select((point, i) => Scatter.Of([x[i]], [y[i]], point.Label, hover: [hover[i]]) with { Size = 12, Opacity = 0.85 })];
        }

        figure = figure.Add(traces).YRange(distortions.Low, distortions.High);
        if (!logarithmic) return figure.XRange(rates.Low, rates.High);
        if (all.Any(point => point.Rate < LeastRate))
            figure = figure.X(FormattableString.Invariant($"{figure.Horizontal.Title}, those below {LeastRate} at {LeastRate}"));
        return figure.LogX().XRange(rates.Low, rates.High);
    }

    private static double Total(RatePoint point) => point.Rate + point.Distortion;

    private static Figure AddLevel(
        Figure figure, double level, bool named, int row, bool logarithmic, (double Low, double High) rates,
        (double Low, double High) distortions)
    {
        // D = level − R, cut at the edges of the plot.
        var (left, right) = (Math.Max(rates.Low, level - distortions.High), Math.Min(rates.High, level - distortions.Low));
        if (left >= right) return figure;
        double[] along = logarithmic
            ? [.. Enumerable.Range(0, 81).Select(step => left * Math.Pow(right / left, step / 80.0))]
            : [left, right];
        var guide = Line.Of(along, along.Select(rate => level - rate), dash: LineDash.Dash) with
        {
            Color = PlotColor.Muted,
            Width = 1,
            Opacity = 0.7,
            Hoverable = false,
        };
        // The first label says what the numbers are.
        var label = string.Create(CultureInfo.InvariantCulture, $"{(named ? "−ELBO = " : "")}{level:0.##}");
        // At the line's upper end, but below the legend.
        var y = Math.Min(level - left, distortions.High - 0.07 * (1 + row) * (distortions.High - distortions.Low));
        return figure.Add(guide).Annotate(level - y, y, label, "left");
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

    private static (double Low, double High) PaddedFactor(IEnumerable<double> rates)
    {
        var (low, high) = (Math.Max(LeastRate, rates.Min()), rates.Max());
        var margin = Math.Pow(high / low, 0.12);
        return (low / margin, high * margin);
    }

    private static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToArray();
        return sorted[sorted.Length / 2];
    }

    /// <summary>Points that nearly coincide, as collapsed models do, share one label, so that no label covers another.</summary>
    private static string[] Labels(RatePoint[] points, Func<double, double> across, double height)
    {
        var labels = new string[points.Length];
        for (var i = 0; i < points.Length; i++)
        {
            if (labels[i] is not null) continue;
            var near = Enumerable.Range(i, points.Length - i).Where(j => labels[j] is null
                && Math.Abs(across(points[j].Rate) - across(points[i].Rate)) < 0.08
                && Math.Abs(points[j].Distortion - points[i].Distortion) < 0.06 * height).ToArray();
            foreach (var j in near) labels[j] = "";
            labels[i] = string.Join(", ", near.Select(j => points[j].Label));
        }

        return labels;
    }
}

/// <summary>One trained model in the rate–distortion plane, in nats per sentence.</summary>
/// <param name="Label">Written at the point: "β = 0.1".</param>
/// <param name="Rate">KL.</param>
/// <param name="Distortion">Reconstruction.</param>
public sealed record RatePoint(string Label, double Rate, double Distortion);
