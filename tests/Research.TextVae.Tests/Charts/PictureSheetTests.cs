using Research.TextVae.Charts;

namespace Research.TextVae.Tests.Charts;

public sealed class PictureSheetTests
{
    [Fact]
    public void Pictures_stand_in_rows_with_a_line_between_them()
    {
        // Three pictures of 2 × 2 pixels, two in a row.
        double[] pixels = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12];

        var figure = PictureSheet.Of("title", pixels, side: 2, columns: 2);

        var rows = Assert.IsType<Heatmap>(Assert.Single(figure.Traces)).Rows;
        const double none = double.NaN;
        Assert.Equal([[1, 2, none, 5, 6], [3, 4, none, 7, 8], [none, none, none, none, none],
            [9, 10, none, none, none], [11, 12, none, none, none]], rows);
    }
}
