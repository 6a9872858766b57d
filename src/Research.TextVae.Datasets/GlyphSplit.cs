using System.Text;
using Research.TextVae.Models;
using Research.TextVae.Support;
using static TorchSharp.torch;

namespace Research.TextVae.Datasets;

/// <summary>Pictures of characters, divided; each vector has <see cref="GlyphBitmaps.Side"/>² pixels.</summary>
/// <param name="Train">Eight tenths.</param>
/// <param name="Validation">A tenth.</param>
/// <param name="Test">A tenth.</param>
public sealed record GlyphSplit(VectorSet Train, VectorSet Validation, VectorSet Test)
{
    /// <summary>Letters and digits of alphabets and syllabaries, in random order.</summary>
    /// <param name="count">How many pictures, at most.</param>
    /// <param name="seed">Seed of the order.</param>
    /// <exception cref="UserException">The data set cannot be had.</exception>
    public static GlyphSplit Load(int count, ulong seed) =>
        Divide(GlyphBitmaps.Load(rune => rune.Value < 0x2E80 && Rune.IsLetterOrDigit(rune)), count, seed);

    // Many look alike (A of Latin, Greek and Cyrillic), so each picture is taken once before they are divided.
    internal static GlyphSplit Divide(GlyphBitmaps glyphs, int count, ulong seed)
    {
        const int pixels = GlyphBitmaps.Side * GlyphBitmaps.Side;
        float[][] pictures = [.. glyphs.Pixels.Chunk(pixels).DistinctBy(picture => string.Join(',', picture))];
        new StableRandom(seed).Shuffle<float[]>(pictures);
        var taken = Math.Min(count, pictures.Length);
        VectorSet Part(double from, double to) => new(tensor(
            pictures[(int)(from * taken)..(int)(to * taken)].SelectMany(picture => picture).ToArray()).view(-1, pixels));
        return new GlyphSplit(Part(0, 0.8), Part(0.8, 0.9), Part(0.9, 1));
    }
}
