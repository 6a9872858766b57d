using System.Text;
using Research.TextVae.Datasets;

namespace Research.TextVae.Tests.Text;

public sealed class GlyphSplitTests
{
    [Fact]
    public void Each_picture_is_in_one_part_once()
    {
        const int pixels = GlyphBitmaps.Side * GlyphBitmaps.Side;
        // Twenty pictures, two of each kind.
        float[] ink = [.. Enumerable.Range(0, 20).SelectMany(i => Enumerable.Repeat(i / 2 / 10f, pixels))];
        var glyphs = new GlyphBitmaps([.. Enumerable.Range('a', 20).Select(code => new Rune(code))], ink);

        var split = GlyphSplit.Divide(glyphs, count: 99, seed: 1);

        Assert.Equal((8, 1, 1), (split.Train.Count, split.Validation.Count, split.Test.Count));
        var parts = new[] { split.Train, split.Validation, split.Test };
        var first = parts.SelectMany(part => part.Values.select(1, 0).data<float>().ToArray());
        Assert.Equal(10, first.Distinct().Count());
        Assert.Equal(4, GlyphSplit.Divide(glyphs, count: 5, seed: 1).Train.Count);
    }
}
