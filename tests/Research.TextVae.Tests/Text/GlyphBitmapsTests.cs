using System.Text;
using Research.TextVae.Datasets;
using Research.TextVae.Models;
using Research.TextVae.Support;
using TorchSharp;
using static TorchSharp.torch;

namespace Research.TextVae.Tests.Text;

public sealed class GlyphBitmapsTests
{
    [Fact]
    public void A_glyph_is_cropped_scaled_and_centred()
    {
        // A: 5 × 10 pixels of ink, which stay as they are; B: 16 × 16, the left half black.
        var glyphs = Read(
            "0041:000000" + string.Concat(Enumerable.Repeat("7C", 10)) + "000000",
            "0042:" + string.Concat(Enumerable.Repeat("FF00", 16)).Replace("FF00", "FF01", StringComparison.Ordinal),
            "0020:" + new string('0', 32));

        Assert.Equal(["A", "B"], glyphs.Characters.Select(character => character.ToString()));
        for (var i = 0; i < 100; i++)
        {
            var column = i % 10;
            // Five columns in the middle of ten: half a pixel of empty space is left at each of the two borders.
            Assert.Equal(column is >= 3 and <= 6 ? 1 : column is 2 or 7 ? 0.5 : 0, glyphs.Pixels[i], 1e-5);
            // Ten pixels of 1.6: five are black, and the last holds the line at the right end.
            Assert.Equal(column < 5 ? 1 : column == 9 ? 1 / 1.6 : 0, glyphs.Pixels[100 + i], 1e-5);
        }
    }

    [Theory]
    [InlineData("0041:00")]
    [InlineData("00410000")]
    [InlineData("X:00000000000000000000000000000000")]
    public void A_line_that_is_no_glyph_is_named(string line) =>
        Assert.Contains("line 2: not a glyph", Assert.Throws<UserException>(() => Read("0041:0000000018242442427E424242420000", line))
            .Message, StringComparison.Ordinal);

    /// <summary>On the real font: a code of 32 numbers keeps more than half of the letters' variance.</summary>
    [Fact]
    public void An_autoencoder_learns_the_letters_of_the_font()
    {
        var glyphs = GlyphBitmaps.Load(character => character.Value < 0x250 && Rune.IsLetter(character));
        var pixels = glyphs.ToTensor();
        manual_seed(1);
        using var model = new DenseAutoencoderConfig { Loss = ReconstructionLoss.CrossEntropy }.Build(100);
        using var optimizer = optim.Adam(model.parameters(), 3e-3);

        for (var step = 0; step < 400; step++)
        {
            using var scope = NewDisposeScope();
            optimizer.zero_grad();
            model.Loss(pixels).backward();
            optimizer.step();
        }

        Assert.InRange(glyphs.Characters.Count, 400, 600);
        Assert.Contains(new Rune('ß'), glyphs.Characters);
        var variance = Pca.Fit(pixels, 1) with { Components = zeros(1, 100) };
        using var _ = no_grad();
        Assert.InRange(nn.functional.mse_loss(model.call(pixels), pixels).item<float>(), 0, 0.4f * variance.Loss(pixels).item<float>());
    }

    private static GlyphBitmaps Read(params string[] lines)
    {
        var path = Path.GetTempFileName();
        File.WriteAllLines(path, lines);
        try
        {
            return GlyphBitmaps.Read(path, _ => true);
        }
        finally
        {
            File.Delete(path);
        }
    }
}
