using System.Text.RegularExpressions;

namespace Research.TextVae.Text;

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
