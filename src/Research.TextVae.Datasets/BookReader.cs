using System.Text.RegularExpressions;
using Research.TextVae.Text;

namespace Research.TextVae.Datasets;

/// <summary>
/// Cuts a plain text edition of a novel into chapters and sentences. What stands before the first chapter heading (title,
/// author, foreword), headings of volumes, lines of asterisks, editor's notes in brackets, footnotes and what follows the end are left out.
/// </summary>
internal static partial class BookReader
{
    /// <summary>One document a chapter, its title <c>book, chapter n</c> with n counted through all volumes, its label the book.</summary>
    public static IReadOnlyList<Document> Chapters(string title, IReadOnlyList<string> lines) =>
    [
        .. Divide(title, lines).Select(chapter =>
            new Document(chapter.Title, title, [.. Paragraphs.Join(chapter.Lines).SelectMany(SentenceSplitter.Split)])),
    ];

    /// <summary>The same chapters, of each the speeches with the replies to them.</summary>
    public static IReadOnlyList<ParallelDocument> Replies(string title, IReadOnlyList<string> lines) =>
    [
        .. Divide(title, lines).Select(chapter =>
            new ParallelDocument(chapter.Title, title, Speeches.Replies(Paragraphs.Join(chapter.Lines)))),
    ];

    private static List<(string Title, List<string> Lines)> Divide(string title, IReadOnlyList<string> lines)
    {
        var chapters = new List<(string, List<string>)>();
        List<string>? current = null;
        foreach (var line in lines)
        {
            if (Ending().IsMatch(line))
                break;
            if (ChapterHeading().IsMatch(line))
            {
                Close();
                current = [];
            }
            else if (Editorial().IsMatch(line))
            {
                // What an editor put between two paragraphs divides them.
                current?.Add("");
            }
            else
            {
                current?.Add(line);
            }
        }

        Close();
        return chapters;

        void Close()
        {
            if (current is not null)
                chapters.Add(($"{title}, chapter {chapters.Count + 1}", current));
        }
    }

    [GeneratedRegex(@"^\s*chapter\s+([ivxlc]+|[0-9]+)\.?\s*$", RegexOptions.IgnoreCase)]
    private static partial Regex ChapterHeading();

    [GeneratedRegex(@"^\s*(volume\s+([ivxlc]+|[0-9]+)\.?|\*[*\s]*|\[.*(volume|edition).*\]?|\*\S.*)\s*$", RegexOptions.IgnoreCase)]
    private static partial Regex Editorial();

    [GeneratedRegex(@"^\s*(finis|the end|a note on the text)\.?\s*$", RegexOptions.IgnoreCase)]
    private static partial Regex Ending();
}
