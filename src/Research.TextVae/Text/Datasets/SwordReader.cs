using System.Net;
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
            else if (chapter.Length > 0 && ++number > 0 && Clauses(entry) is { Count: > 0 } clauses)
                yield return new Verse(chapter, number, clauses);
        }
    }

    private static List<Clause> Clauses(string markup)
    {
        // Words keep their numbers, between two control characters; all other markup goes.
        var text = Break().Replace(Aside().Replace(markup, " "), " ");
        text = Word().Replace(text, word => $"\u0001{string.Join(' ', Strong().Matches(word.Groups[1].Value).Select(number => number.Value))}\u0002");
        text = SpaceBeforeMark().Replace(Whitespace.Collapse(WebUtility.HtmlDecode(Tag().Replace(text, ""))), "");
        var clauses = new List<Clause>();
        foreach (var piece in Boundary().Split(text))
        {
            var clause = new Clause(Whitespace.Collapse(Numbers().Replace(piece, "")), Numbers().Matches(piece).SelectMany(word => Strong().Matches(word.Value)).Select(number => number.Value).ToHashSet());
            if (clauses.Count > 0 && !clause.Text.Any(char.IsLetterOrDigit))
                clauses[^1] = clauses[^1] with { Text = $"{clauses[^1].Text} {clause.Text}".TrimEnd() };
            else if (clause.Text.Length > 0)
                clauses.Add(clause);
        }

        return clauses;
    }

    [GeneratedRegex("<chapter [^>]*osisID=\"([^\".]+\\.[^\"]+)\"[^>]*sID=")]
    private static partial Regex ChapterStart();

    [GeneratedRegex("<div [^>]*type=\"book\"[^>]*>")]
    private static partial Regex BookStart();

    // What is no part of the verse: notes, headings, other readings, names of speakers.
    [GeneratedRegex("<(note|title|rdg|speaker)\\b[^>]*(?<!/)>.*?</\\1>", RegexOptions.Singleline)]
    private static partial Regex Aside();

    // Lines of poems and the like; tags of words stand inside of them.
    [GeneratedRegex("</?(l|lg|lb|item|list|div|p)\\b[^>]*>")]
    private static partial Regex Break();

    [GeneratedRegex("<w [^>]*lemma=\"([^\"]*)\"[^>]*>")]
    private static partial Regex Word();

    [GeneratedRegex("<[^>]*>")]
    private static partial Regex Tag();

    [GeneratedRegex("[HG][0-9]+")]
    private static partial Regex Strong();

    [GeneratedRegex("\u0001[^\u0002]*\u0002")]
    private static partial Regex Numbers();

    [GeneratedRegex(" (?=[,.;:?!”’)])")]
    private static partial Regex SpaceBeforeMark();

    // White space after a mark and the quotes it closes.
    [GeneratedRegex("(?<=[,.;:?!][”’)]*) ")]
    private static partial Regex Boundary();
}
