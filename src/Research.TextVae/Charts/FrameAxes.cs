namespace Research.TextVae.Charts;

/// <summary>Axes that hold every frame of an animation: a scale that followed the data would hide how it moves.</summary>
internal static class FrameAxes
{
    private const double Margin = 0.04;

    /// <summary>The panels of the animation, with a range for each axis of numbers that states none.</summary>
    public static IReadOnlyList<Figure> Of(Figure animation)
    {
        var panels = animation.PanelsOrSelf;
        var frames = animation.Steps.Select(step => step.Figure.PanelsOrSelf).ToArray();
        return [.. panels.Select((panel, i) => panel.Traces.Any(trace => trace is not (Line or Scatter or Bar))
            ? panel
            : panel
                .XAxis(axis => Holding(axis, Shown(animation.SharedX, i).SelectMany(XOf)))
                .YAxis(axis => Holding(axis, Shown(animation.SharedY, i).SelectMany(YOf))))];

        // The traces of this panel in all frames, or of all panels where they share the axis.
        IEnumerable<Trace> Shown(bool shared, int panel) =>
            frames.SelectMany(frame => shared ? frame.SelectMany(each => each.Traces) : frame[panel].Traces).Concat(panels[panel].Traces);
    }

    private static Axis Holding(Axis axis, IEnumerable<double> values)
    {
        var logarithmic = axis.Scale == AxisScale.Log;
        double[] drawn = [.. values.Where(value => double.IsFinite(value) && (!logarithmic || value > 0))
            .Select(value => logarithmic ? Math.Log10(value) : value)];
        if (axis.Range is not null || axis.Scale == AxisScale.Category || drawn.Length == 0) return axis;
        var (low, high) = (axis.FromZero && !logarithmic ? Math.Min(0, drawn.Min()) : drawn.Min(), drawn.Max());
        var margin = high > low ? (high - low) * Margin : 0.5;
        (low, high) = (axis.FromZero && low == 0 ? 0 : low - margin, high + margin);
        return axis with { Range = logarithmic ? (Math.Pow(10, low), Math.Pow(10, high)) : (low, high) };
    }

    private static IEnumerable<double> XOf(Trace trace) => Numbers(trace.XValues, trace is Bar { Horizontal: true });

    private static IEnumerable<double> YOf(Trace trace) =>
        trace is Line { Band: { } band }
            ? Numbers(trace.YValues, false).Concat(band.SelectMany(edge => (double[])[edge.Low, edge.High]))
            : Numbers(trace.YValues, trace is Bar { Horizontal: false });

    // Bars grow from zero.
    private static IEnumerable<double> Numbers(Values? values, bool fromZero) => (values?.Numbers ?? []).Concat(fromZero ? [0.0] : []);
}
