using System.Globalization;
using System.Text;
using Research.TextVae.Support;
using TorchSharp;
using static TorchSharp.torch;

namespace Research.TextVae.Datasets;

/// <summary>Characters as grey pictures of 10 × 10 pixels, the smallest images worth an autoencoder.</summary>
/// <param name="Characters">What the pictures show, in the order of their code points.</param>
/// <param name="Pixels">Share of ink of each pixel, row by row; [characters · 100].</param>
public sealed record GlyphBitmaps(IReadOnlyList<Rune> Characters, float[] Pixels)
{
    /// <summary>Pixels of a side.</summary>
    public const int Side = 10;

    private const int Height = 16;

    /// <summary>Reads the data set <c>unifont</c>, fetched now if it is not there.</summary>
    /// <param name="which">Which characters are taken; all letters and digits by default.</param>
    /// <exception cref="UserException">The data set cannot be had, or no glyph is taken.</exception>
    public static GlyphBitmaps Load(Func<Rune, bool>? which = null)
    {
        var manifest = DatasetCatalog.Find("unifont")!;
        var path = Path.Combine(new DatasetCache().Fetch(manifest), manifest.Files[0].Name);
        var glyphs = Read(path, which ?? Rune.IsLetterOrDigit);
        return glyphs.Characters.Count > 0
            ? glyphs
            : throw new UserException("No glyph of the data set unifont is taken; ask for other characters.");
    }

    /// <summary>The pictures as a tensor [characters, 100].</summary>
    public Tensor ToTensor() => torch.tensor(Pixels).reshape(Characters.Count, Side * Side);

    /// <summary>Reads a file of lines <c>code point:bits</c>, both hexadecimal, 16 rows of 8 or 16 bits each.</summary>
    /// <exception cref="UserException">A line is none of these.</exception>
    internal static GlyphBitmaps Read(string path, Func<Rune, bool> which)
    {
        var characters = new List<Rune>();
        var pixels = new List<float>();
        var number = 0;
        foreach (var line in TextFile.ReadLines(path))
        {
            number++;
            var colon = line.IndexOf(':', StringComparison.Ordinal);
            if (colon < 0 || !int.TryParse(line.AsSpan(0, colon), NumberStyles.HexNumber, CultureInfo.InvariantCulture, out var code)
                || Ink(line[(colon + 1)..]) is not { } ink)
                throw new UserException(
                    $"{path}, line {number}: not a glyph; expected a code point, a colon and 32 or 64 hexadecimal digits.");
            if (!Rune.IsValid(code) || !which(new Rune(code)) || !ink.Cast<bool>().Contains(true))
                continue;
            characters.Add(new Rune(code));
            pixels.AddRange(Scale(ink));
        }

        return new GlyphBitmaps(characters, [.. pixels]);
    }

    // [row, column], or null if these are no bits.
    private static bool[,]? Ink(string digits)
    {
        if (digits.Length is not (2 * Height or 4 * Height) || digits.Any(digit => !char.IsAsciiHexDigit(digit)))
            return null;
        var width = digits.Length / Height * 4;
        var ink = new bool[Height, width];
        for (var i = 0; i < Height * width; i++)
            ink[i / width, i % width] = (Convert.ToInt32(digits[i / 4].ToString(), 16) >> (3 - (i % 4)) & 1) == 1;
        return ink;
    }

    // The box around the ink, as large as fits with its proportions kept, in the middle; a pixel is the mean of what it covers.
    private static float[] Scale(bool[,] ink)
    {
        var inked = Enumerable.Range(0, ink.Length).Where(i => ink[i / ink.GetLength(1), i % ink.GetLength(1)]).ToList();
        var (rows, columns) = (inked.ConvertAll(i => i / ink.GetLength(1)), inked.ConvertAll(i => i % ink.GetLength(1)));
        var (top, left, height, width) = (rows.Min(), columns.Min(), rows.Max() - rows.Min() + 1, columns.Max() - columns.Min() + 1);
        var pixel = Math.Max(height, width) / (double)Side;
        var (firstRow, firstColumn) = (top - ((Side * pixel) - height) / 2, left - ((Side * pixel) - width) / 2);
        var picture = new float[Side * Side];
        for (var i = 0; i < picture.Length; i++)
        {
            var (y, x) = (firstRow + (i / Side * pixel), firstColumn + (i % Side * pixel));
            // In double precision, or a full pixel may exceed 1.
            var covered = 0.0;
            for (var j = 0; j < inked.Count; j++)
                covered += Overlap(y, pixel, rows[j]) * Overlap(x, pixel, columns[j]);
            picture[i] = (float)(covered / (pixel * pixel));
        }

        return picture;
    }

    // Length that [start, start + length) and [cell, cell + 1) have in common.
    private static double Overlap(double start, double length, int cell) =>
        Math.Max(0, Math.Min(start + length, cell + 1) - Math.Max(start, cell));
}
