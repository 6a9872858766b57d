namespace Research.TextVae.Charts;

/// <summary>Small grey pictures in a few rows, an empty line of cells between them.</summary>
public static class PictureSheet
{
    /// <param name="title">Title of the figure.</param>
    /// <param name="pixels">Pixels of all pictures, each row by row from the top left, 0 without ink and 1 full of it.</param>
    /// <param name="side">Pixels of a side.</param>
    /// <param name="columns">Pictures in a row.</param>
    public static Figure Of(string title, IReadOnlyList<double> pixels, int side, int columns = 6)
    {
        ArgumentNullException.ThrowIfNull(pixels);
        var pictures = pixels.Count / (side * side);
        var (height, width) = ((pictures + columns - 1) / columns * (side + 1) - 1, Math.Min(columns, pictures) * (side + 1) - 1);
        double Pixel(int row, int column)
        {
            var (picture, y, x) = (row / (side + 1) * columns + column / (side + 1), row % (side + 1), column % (side + 1));
            return y == side || x == side || picture >= pictures ? double.NaN : pixels[(picture * side + y) * side + x];
        }

        double[][] rows = [.. Enumerable.Range(0, height).Select(row => Enumerable.Range(0, width).Select(x => Pixel(row, x)).ToArray())];
        var heatmap = Heatmap.Of(rows, Enumerable.Range(0, width), Enumerable.Range(0, height).Select(row => $"{row}"));
        static Axis Bare(Axis axis) => axis with { Ticks = [], GridLines = false };
        return Figure.Of(heatmap with { Range = (0, 1) }).Title(title).XAxis(Bare).YAxis(Bare);
    }
}
