using System.Collections.Immutable;
using Research.TextVae.Support;

namespace Research.TextVae.Charts;

/// <summary>
/// An immutable figure: traces with axes, or a grid of such panels. Every method returns a changed copy.
/// </summary>
/// <example><code>Figure.Of(Line.Of(steps, kl, name: "β = 0.1")).Title("KL by step").X("step").Y("KL (nats)")</code></example>
[TypeFormatterSource(typeof(FigureFormatters), PreferredMimeTypes = [FigureFormatters.Plotly, FigureFormatters.Html, FigureFormatters.Png])]
public sealed record Figure
{
    /// <summary>The data series in drawing order; empty for a grid.</summary>
    public ImmutableArray<Trace> Traces { get; private init; } = [];

    /// <summary>Empty unless this figure is a grid.</summary>
    public ImmutableArray<Figure> Panels { get; private init; } = [];

    /// <summary>Title above the plot, or null for none.</summary>
    public string? TitleText { get; private init; }

    internal Axis Horizontal { get; private init; } = new();

    internal Axis Vertical { get; private init; } = new();

    internal ImmutableArray<Annotation> Annotations { get; private init; } = [];

    internal ImmutableArray<ReferenceLine> References { get; private init; } = [];

    internal int Columns { get; private init; } = 1;

    internal bool SharedX { get; private init; }

    internal bool SharedY { get; private init; }

    internal bool OrderedNames { get; private init; }

    internal bool? LegendShown { get; private init; }

    internal bool? HoverTogether { get; private init; }

    internal bool SameScale { get; private init; }

    internal int? Pixels { get; private init; }

    /// <summary>Empty unless this figure is an animation.</summary>
    internal ImmutableArray<(string Label, Figure Figure)> Steps { get; private init; } = [];

    /// <summary>What the frames of an animation are counted in.</summary>
    internal string StepName { get; private init; } = "";

    /// <summary>A figure of one panel.</summary>
    public static Figure Of(params Trace[] traces) => new() { Traces = [.. traces] };

    /// <summary>A figure of one panel.</summary>
    public static Figure Of(IEnumerable<Trace> traces) => new() { Traces = [.. traces] };

    /// <summary>
    /// Several figures as the panels of one, row by row, with their titles above them. Traces of one name share colour and legend
    /// entry. On a narrow page the panels stand below each other.
    /// </summary>
    /// <exception cref="ArgumentException">There is no panel, or a panel is itself a grid.</exception>
    public static Figure Grid(int columns, params Figure[] panels)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(columns, 1);
        if (panels.Length == 0) throw new ArgumentException("A grid needs at least one panel.", nameof(panels));
        if (panels.Any(panel => panel.Panels.Length > 0)) throw new ArgumentException("A panel cannot itself be a grid.", nameof(panels));
        return new() { Panels = [.. panels], Columns = Math.Min(columns, panels.Length) };
    }

    /// <summary>
    /// An animation with a slider and a play button: a figure for each frame, on axes that hold them all. The frames have the same
    /// traces in the same order. At rest, and in pictures, the last one is seen.
    /// </summary>
    /// <param name="name">What the labels count: "epoch".</param>
    /// <example><code>Figure.Frames("epoch", epochs.Select(epoch => ($"{epoch}", PosteriorMeans2D.Of(…))))</code></example>
    /// <exception cref="ArgumentException">There are fewer than two frames, or they differ in their traces or labels are
    /// repeated.</exception>
    public static Figure Frames(string name, IEnumerable<(string Label, Figure Figure)> frames)
    {
        ImmutableArray<(string Label, Figure Figure)> steps = [.. frames];
        if (steps.Length < 2) throw new ArgumentException($"An animation needs at least two frames, not {steps.Length}.", nameof(frames));
        if (steps.DistinctBy(step => step.Label).Count() < steps.Length)
            throw new ArgumentException("The frames of an animation need labels of their own.", nameof(frames));
        var traces = steps.Select(
            step => string.Join(", ",
                step.Figure.PanelsOrSelf.Select(panel =>
                    string.Join(' ', panel.Traces.Select(trace => $"{trace.GetType().Name} {trace.Name}"))))).ToArray();
        if (traces.FirstOrDefault(these => these != traces[0]) is { } other)
            throw new ArgumentException(
                $"The frames of an animation have the same traces; these are '{traces[0]}' and '{other}'.", nameof(frames));
        return steps[^1].Figure with { Steps = steps, StepName = name };
    }

    /// <summary>The figure with further data series after its own.</summary>
    public Figure Add(params Trace[] traces) => this with { Traces = Traces.AddRange(traces) };

    /// <summary>The figure with this title.</summary>
    public Figure Title(string title) => this with { TitleText = title };

    /// <summary>Title of the x axis with its unit.</summary>
    public Figure X(string title) => XAxis(axis => axis with { Title = title });

    /// <summary>Title of the y axis with its unit.</summary>
    public Figure Y(string title) => YAxis(axis => axis with { Title = title });

    /// <summary>The figure with a changed x axis.</summary>
    /// <exception cref="UserException">The axis cannot have such ends.</exception>
    public Figure XAxis(Func<Axis, Axis> change) => this with { Horizontal = Checked(change(Horizontal), "x") };

    /// <summary>The figure with a changed y axis.</summary>
    /// <exception cref="UserException">The axis cannot have such ends.</exception>
    public Figure YAxis(Func<Axis, Axis> change) => this with { Vertical = Checked(change(Vertical), "y") };

    /// <summary>The figure with a logarithmic x axis, base 10.</summary>
    public Figure LogX() => XAxis(axis => axis with { Scale = AxisScale.Log });

    /// <summary>The figure with a logarithmic y axis, base 10.</summary>
    public Figure LogY() => YAxis(axis => axis with { Scale = AxisScale.Log });

    /// <summary>The figure with these ends of the x axis, in data units on a logarithmic axis too.</summary>
    public Figure XRange(double low, double high) => XAxis(axis => axis with { Range = (low, high) });

    /// <summary>The figure with these ends of the y axis, in data units on a logarithmic axis too.</summary>
    public Figure YRange(double low, double high) => YAxis(axis => axis with { Range = (low, high) });

    /// <summary>The figure with a y axis that includes zero.</summary>
    public Figure YFromZero() => YAxis(axis => axis with { FromZero = true });

    /// <summary>All panels of the grid show the same x range and zoom together.</summary>
    public Figure ShareX() => this with { SharedX = true };

    /// <summary>All panels of the grid show the same y range and zoom together.</summary>
    public Figure ShareY() => this with { SharedY = true };

    /// <summary>A text at a point, in data units.</summary>
    public Figure Annotate(double x, double y, string text, string anchor = "center", bool arrow = false) =>
        Annotate(new Annotation(x, y, text, anchor, Arrow: arrow));

    /// <summary>The figure with further texts at points of the plot.</summary>
    public Figure Annotate(params Annotation[] annotations) => this with { Annotations = Annotations.AddRange(annotations) };

    /// <summary>A dashed horizontal line across the plot.</summary>
    public Figure HLine(double y, string? label = null) => this with { References = References.Add(new ReferenceLine(true, y, label)) };

    /// <summary>A dashed vertical line across the plot.</summary>
    public Figure VLine(double x, string? label = null) => this with { References = References.Add(new ReferenceLine(false, x, label)) };

    /// <summary>The names have an order (β = 0, 0.1, …): colour them along a scale instead of as different as possible.</summary>
    public Figure Ordered(bool ordered = true) => this with { OrderedNames = ordered };

    /// <summary>A unit is as long upwards as it is sideways: squares stay squares.</summary>
    public Figure EqualScale() => this with { SameScale = true };

    /// <summary>Forces the legend on or off; by default it appears when there are two names or more.</summary>
    public Figure Legend(bool shown) => this with { LegendShown = shown };

    /// <summary>One hover box for all lines at an x (the default where every trace is a line without labels), or one for the nearest
    /// point.</summary>
    public Figure HoverUnified(bool unified) => this with { HoverTogether = unified };

    /// <summary>Height in pixels on a wide page.</summary>
    public Figure Height(int pixels)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(pixels, 80);
        return this with { Pixels = pixels };
    }

    /// <summary>The figure in plotly.js's JSON: an object of <c>data</c>, <c>layout</c> and <c>config</c>, and the <c>frames</c> of an
    /// animation.</summary>
    public string ToJson(Theme? theme = null) => new PlotlyFigure(this, theme ?? Theme.Light).ToJson();

    /// <summary>A page with this figure alone, which works offline and follows the reader's light or dark scheme.</summary>
    public string ToHtml() => FigurePage.Of(this);

    /// <summary>Writes a picture of so many CSS pixels, with twice as many in the file; the height is that of the figure when
    /// null.</summary>
    /// <exception cref="UserException">There is no Chromium on this machine, or the file cannot be written.</exception>
    public void ToPng(string path, int width = FigureImage.Width, int? height = null, Theme? theme = null)
    {
        var picture = FigureImage.Png(this, width, height, theme);
        AtomicFile.Write(path, stream => stream.Write(picture));
    }

    /// <summary>Writes a picture that can be enlarged without end.</summary>
    /// <inheritdoc cref="ToPng" path="/exception"/>
    public void ToSvg(string path, int width = FigureImage.Width, int? height = null, Theme? theme = null) =>
        AtomicFile.Write(path, FigureImage.Svg(this, width, height, theme));

    private static Axis Checked(Axis axis, string name)
    {
        if (axis.Range is not var (low, high))
            return axis;
        if (!double.IsFinite(low) || !double.IsFinite(high))
            throw new UserException($"the {name} axis cannot go from {low} to {high}; its ends must be numbers.");
        return axis.Scale != AxisScale.Log || (low > 0 && high > 0)
            ? axis
            : throw new UserException(
                $"a logarithmic {name} axis cannot go from {low} to {high}; its ends must be above 0, such as {Math.Max(high, 1) / 1000}.");
    }

    /// <summary>This figure with the data of another.</summary>
    internal Figure At(Figure frame) => this with { Traces = frame.Traces, Panels = frame.Panels, Steps = [] };

    /// <summary>The panels of a grid, else the figure itself.</summary>
    internal ImmutableArray<Figure> PanelsOrSelf => Panels.IsEmpty ? [this] : Panels;
}
