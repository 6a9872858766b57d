namespace Research.TextVae.Charts;

/// <summary>Heights in pixels and the share of the page each panel gets.</summary>
internal sealed class PanelGrid
{
    private const int PanelTitleHeight = 24;
    private const int LegendRowHeight = 22;
    private readonly int _columns;
    private readonly int _rows;
    private readonly double _rowGap;
    private readonly double _columnGap;

    public PanelGrid(Figure figure, IReadOnlyList<Figure> panels, bool narrow, bool titled, IReadOnlyList<string> legend)
    {
        // Where nothing stands below the x axes, no room for it.
        var bare = panels.All(panel => panel.Horizontal is { Title: null, Ticks.Count: 0 });
        Bottom = (bare ? 12 : 48) + (figure.Steps.IsEmpty ? 0 : AnimationControls.Height);
        _columns = narrow ? 1 : figure.Columns;
        _rows = (panels.Count + _columns - 1) / _columns;
        var isGrid = !figure.Panels.IsEmpty;
        var panelTitles = isGrid && panels.Any(panel => panel.TitleText is not null);

        var legendRows = LegendRows(legend, narrow);
        Top = (titled && figure.TitleText is not null ? 48 : legendRows > 0 || panelTitles ? 6 : 20) + legendRows * LegendRowHeight
            + (panelTitles ? PanelTitleHeight : 0);
        var moreLegend = Math.Max(0, legendRows - 1) * LegendRowHeight;
        Height = (narrow, isGrid) switch
        {
            (true, true) => Top + Bottom + _rows * 200 + (_rows - 1) * 72,
            (true, false) => Math.Min(figure.Pixels ?? 340, 360) + Bottom - 48 + moreLegend,
            (false, true) => figure.Pixels + moreLegend ?? Top + Bottom + _rows * (_columns == 1 ? 200 : 230) + (_rows - 1) * 76,
            _ => (figure.Pixels ?? 352 + Bottom) + moreLegend,
        };

        var inner = Math.Max(40, Height - Top - Bottom);
        _rowGap = (figure.SharedX && _columns == 1 ? 36 : 48) + (panelTitles ? PanelTitleHeight : 0);
        _rowGap = _rows > 1 ? Math.Min(_rowGap / inner, 0.6 / (_rows - 1)) : 0;
        _columnGap = figure.SharedY ? 0.035 : _columns switch { 1 => 0, 2 => 0.11, 3 => 0.1, _ => 0.06 };
        LegendY = 1 + (6.0 + (panelTitles ? PanelTitleHeight : 0)) / inner;
    }

    public int Height { get; }

    public int Top { get; }

    public int Bottom { get; }

    public double LegendY { get; }

    public (double Low, double High) XDomain(int panel)
    {
        var width = (1 - _columnGap * (_columns - 1)) / _columns;
        var low = panel % _columns * (width + _columnGap);
        return (Math.Round(low, 6), Math.Round(Math.Min(1, low + width), 6));
    }

    public (double Low, double High) YDomain(int panel)
    {
        var height = (1 - _rowGap * (_rows - 1)) / _rows;
        var high = 1 - panel / _columns * (height + _rowGap);
        return (Math.Round(Math.Max(0, high - height), 6), Math.Round(high, 6));
    }

    public bool IsLeftmost(int panel) => panel % _columns == 0;

    /// <summary>Whether no panel is below this one.</summary>
    public bool IsLowest(int panel, int count) => panel + _columns >= count;

    // How many lines the names take, by a guess at the width of a letter: room for too many rows is better than names over the title.
    private static int LegendRows(IReadOnlyList<string> names, bool narrow)
    {
        var (rows, line, width) = (0, double.PositiveInfinity, narrow ? 300 : 640);
        foreach (var name in names)
        {
            var entry = 46 + (narrow ? 6 : 6.6) * name.Length;
            (rows, line) = line + entry > width ? (rows + 1, entry) : (rows, line + entry);
        }

        return rows;
    }
}
