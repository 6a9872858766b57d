using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;
using System.Text.RegularExpressions;
using Research.TextVae.Text;

namespace Research.TextVae.Datasets;

/// <summary>
/// A Bible as a SWORD module (<see cref="ZText"/>) of OSIS markup, with the files <c>ot.*</c> and <c>nt.*</c>. Which chapter a verse
/// belongs to is told by the module's own headings, so no table of versifications is needed.
/// </summary>
internal static partial class SwordReader
{
    public const string Kind = "sword";

    /// <summary>A document is a chapter, a sentence a verse, the label the book.</summary>
    public static Corpus Read(DatasetManifest manifest, string folder) => new(
        manifest.Name, manifest.Title, manifest.Licence,
        [.. Verses(manifest, folder).GroupBy(verse => verse.Chapter)
            .Select(chapter => new Document(chapter.Key, chapter.First().Book, [.. chapter.Select(verse => verse.Text)]))]);

    /// <summary>All verses that have text, in the module's order.</summary>
    /// <exception cref="InvalidDataException">The module is damaged or holds no verse.</exception>
    public static IReadOnlyList<Verse> Verses(DatasetManifest manifest, string folder)
    {
        byte[] File(string testament, string kind) => System.IO.File.ReadAllBytes(Path.Combine(folder, $"{testament}.{kind}"));
        var verses = manifest.Files.Where(file => file.Name.EndsWith(".bzz", StringComparison.Ordinal))
            .Select(file => Path.GetFileNameWithoutExtension(file.Name))
            .SelectMany(testament => Verses(ZText.Entries(File(testament, "bzs"), File(testament, "bzv"), File(testament, "bzz"))))
            .ToList();
        return verses.Count > 0 ? verses : throw new InvalidDataException("the module holds no verse.");
    }

    // The entry of a chapter's heading comes before those of its verses; the heading of a book ends what came before.
    private static IEnumerable<Verse> Verses(IReadOnlyList<string> entries)
    {
        var (chapter, number) = ("", 0);
        foreach (var entry in entries)
        {
            var heading = ChapterStart().Matches(entry);
            if (heading.Count > 0 || BookStart().IsMatch(entry))
                (chapter, number) = (heading.Count > 0 ? heading[^1].Groups[1].Value : "", 0);
            else if (chapter.Length > 0 && ++number > 0 && OsisClauses.Of(entry) is { Count: > 0 } clauses)
                yield return new Verse(chapter, number, clauses);
        }
    }

    [GeneratedRegex("<chapter [^>]*osisID=\"([^\".]+\\.[^\"]+)\"[^>]*sID=")]
    private static partial Regex ChapterStart();

    [GeneratedRegex("<div [^>]*type=\"book\"[^>]*>")]
    private static partial Regex BookStart();
}

/// <summary>
/// The entries of a SWORD module of the kind zText. Its three files, numbers little-endian: <c>bzs</c> has 12 bytes per block, its place
/// in <c>bzz</c>, its compressed and its plain length; <c>bzv</c> has 10 bytes an entry, its block, its place in the plain block
/// and, in two bytes, its length; <c>bzz</c> holds the blocks, compressed by zlib.
/// </summary>
internal static class ZText
{
    private const int BlockRecord = 12, EntryRecord = 10;

    // What entries may share of a block: verses that a translation takes together have one text.
    private const int MostShared = 16;

    /// <summary>All entries in their order, headings of testaments, books and chapters included; empty ones are empty strings.</summary>
    /// <exception cref="InvalidDataException">The files do not belong together or are damaged.</exception>
    public static IReadOnlyList<string> Entries(ReadOnlySpan<byte> bzs, ReadOnlySpan<byte> bzv, ReadOnlySpan<byte> bzz)
    {
        if (bzs.Length % BlockRecord != 0 || bzv.Length % EntryRecord != 0)
            throw new InvalidDataException("an index of the module is cut short.");
        var blocks = new byte[bzs.Length / BlockRecord][];
        var (compressed, read) = (0L, 0L);
        for (var i = 0; i < blocks.Length; i++)
        {
            if ((compressed += Number(bzs, i * BlockRecord + 4)) > bzz.Length)
                throw new InvalidDataException("the blocks of the module are longer than its file.");
            blocks[i] = Plain(Number(bzs, i * BlockRecord), Number(bzs, i * BlockRecord + 4), Number(bzs, i * BlockRecord + 8), bzz);
        }

        var plain = blocks.Sum(block => (long)block.Length);
        var entries = new string[bzv.Length / EntryRecord];
        for (var i = 0; i < entries.Length; i++)
        {
            var (block, start) = (Number(bzv, i * EntryRecord), Number(bzv, i * EntryRecord + 4));
            int length = BinaryPrimitives.ReadUInt16LittleEndian(bzv[(i * EntryRecord + 8)..]);
            if (length > 0 && (block >= blocks.Length || start + length > blocks[block].Length))
                throw new InvalidDataException($"entry {i} of the module lies outside of its block.");
            if ((read += length) > MostShared * plain)
                throw new InvalidDataException("the entries of the module are longer than its blocks.");
            entries[i] = length == 0 ? "" : Encoding.UTF8.GetString(blocks[block], (int)start, length);
        }

        return entries;
    }

    private static byte[] Plain(long start, long compressed, long length, ReadOnlySpan<byte> bzz)
    {
        if (start + compressed > bzz.Length)
            throw new InvalidDataException("a block of the module lies outside of its file.");
        // Deflate's expansion is at most 1032-fold.
        if (length > 1032 * compressed)
            throw new InvalidDataException($"a block of {compressed} bytes cannot hold the {length} that the module's index says.");
        using var stream = new ZLibStream(new MemoryStream(bzz.Slice((int)start, (int)compressed).ToArray()), CompressionMode.Decompress);
        var plain = new byte[length];
        try
        {
            return stream.ReadAtLeast(plain, plain.Length, throwOnEndOfStream: false) == length && stream.ReadByte() < 0
                ? plain
                : throw new InvalidDataException($"a block of the module does not have the {length} bytes that its index says.");
        }
        catch (IOException error)
        {
            throw new InvalidDataException($"a block of the module is damaged: {error.Message}", error);
        }
    }

    private static long Number(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadUInt32LittleEndian(bytes[at..]);
}

/// <summary>A verse of a Bible.</summary>
/// <param name="Chapter">Book and chapter as OSIS names them, such as <c>Gen.1</c>.</param>
/// <param name="Number">The verse within the chapter, from 1.</param>
/// <param name="Clauses">Its pieces in their order, at least one.</param>
internal sealed record Verse(string Chapter, int Number, IReadOnlyList<Clause> Clauses)
{
    public string Book => Chapter[..Chapter.IndexOf('.', StringComparison.Ordinal)];

    /// <summary>Without notes and headings, white space made single spaces.</summary>
    public string Text { get; } = string.Join(' ', Clauses.Select(clause => clause.Text));

    /// <summary>Strong's numbers of all its clauses.</summary>
    public IReadOnlySet<string> Originals { get; } = Clauses.SelectMany(clause => clause.Originals).ToHashSet();
}
