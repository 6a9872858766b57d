namespace Research.TextVae.Charts;

/// <summary>Small grey pictures in rows: originals above their reconstructions, or samples of several models.</summary>
public static class PictureRows
{
    /// <param name="rows">What stands beside each row, and its pictures <c>[picture][pixel]</c>, row by row from the top left, 0 without
    /// ink and 1 full of it.</param>
    /// <param name="side">Pixels of a side.</param>
    /// <exception cref="ArgumentException">There is no picture, or one has not side · side pixels.</exception>
    public static Figure Of(IReadOnlyList<(string Name, IReadOnlyList<float[]> Pictures)> rows, int side)
    {
        ArgumentNullException.ThrowIfNull(rows);
        if (!rows.Any(row => row.Pictures.Count > 0))
            throw new ArgumentException("There is no picture to show.", nameof(rows));
        if (rows.SelectMany(row => row.Pictures).FirstOrDefault(picture => picture.Length != side * side) is { } wrong)
            throw new ArgumentException($"A picture has {wrong.Length} pixels, not {side} · {side}.", nameof(rows));

        var columns = rows.Max(row => row.Pictures.Count);
        // An empty line of cells parts the rows, and the pictures of a row.
        double[][] cells =
            [.. rows.SelectMany(row => Enumerable.Range(0, side).Select(line => Cells(row.Pictures, line, side)).Append([])).SkipLast(1)];
        var heatmap = new Heatmap { Rows = cells, Range = (0, 1), Gap = 0, BarShown = false };
        return Figure.Of(heatmap)
            .XAxis(axis => axis with { Ticks = [], LineShown = false })
            .YAxis(axis => axis with
            {
                Ticks = [.. rows.Select((row, i) => (i * (side + 1) + (side - 1) / 2.0, row.Name))],
                LineShown = false,
            })
            .EqualScale()
            .Height((int)Math.Clamp(60 + 840.0 * cells.Length / (columns * (side + 1)), 120, 900));
    }

    // Two decimals are more than an eye can tell apart.
    private static double[] Cells(IReadOnlyList<float[]> pictures, int line, int side) =>
        [.. pictures.SelectMany(picture => picture.Skip(line * side).Take(side).Select(ink => Math.Round(ink, 2)).Append(double.NaN))];
}
