using System.Text;

namespace Research.TextVae.Text;

/// <summary>Speech in novels: what stands between double quotation marks, straight or curved.</summary>
public static class Speeches
{
    /// <summary>
    /// Speeches that answer one another: those of two paragraphs without narration between them. What a paragraph says in several parts is
    /// one speech, and so are paragraphs of which the earlier does not close its quotation, as long speeches are printed.
    /// </summary>
    /// <param name="paragraphs">Paragraphs in reading order, each in one line.</param>
    /// <returns>A speech and the reply to it.</returns>
    public static IReadOnlyList<TextPair> Replies(IEnumerable<string> paragraphs)
    {
        ArgumentNullException.ThrowIfNull(paragraphs);
        var replies = new List<TextPair>();
        var (before, open) = ("", "");
        foreach (var paragraph in paragraphs)
        {
            var (said, closed) = Said(paragraph);
            var speech = string.Join(' ', new[] { open, said }.Where(part => part.Length > 0));
            open = closed || said.Length == 0 ? "" : speech;
            if (open.Length > 0)
                continue;
            if (before.Length > 0 && speech.Length > 0)
                replies.Add(new TextPair(before, speech));
            before = speech;
        }

        return replies;
    }

    private static (string Text, bool Closed) Said(string paragraph)
    {
        var said = new StringBuilder();
        var inside = false;
        foreach (var letter in paragraph)
        {
            if (letter is not ('"' or '“' or '”'))
            {
                said.Append(inside ? letter : "");
                continue;
            }

            inside = letter == '“' || (letter == '"' && !inside);
            said.Append(' ');
        }

        return (Whitespace.Collapse(said.ToString()), !inside);
    }
}
