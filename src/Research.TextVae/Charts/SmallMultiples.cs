namespace Research.TextVae.Charts;

/// <summary>The same plot for each of several things, on common axes.</summary>
public static class SmallMultiples
{
    /// <param name="items">What the panels show, one each.</param>
    /// <param name="panel">The plot of one item.</param>
    public static Figure Of<T>(IEnumerable<T> items, Func<T, string> title, Func<T, Figure> panel, int columns = 3) =>
        Figure.Grid(columns, [.. items.Select(item => panel(item).Title(title(item)))]).ShareX().ShareY();
}
