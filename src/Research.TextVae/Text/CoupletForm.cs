using System.Text;
using Research.TextVae.Support;

namespace Research.TextVae.Text;

/// <summary>
/// The form of a regular Chinese couplet: two lines of equally many characters, the first closed by a comma and the second by a mark that
/// ends a sentence.
/// </summary>
/// <param name="line">Characters of a line, its mark not counted.</param>
public sealed class CoupletForm(int line)
{
    private const string Commas = "，、";
    private const string Ends = "。？！；";
    private const string Marks = Commas + Ends + "：";

    /// <summary>Characters of a line, its mark not counted.</summary>
    public int Line { get; } = Require.AtLeast(1, line);

    /// <summary>Characters of a couplet, both marks included.</summary>
    public int Length => 2 * (Line + 1);

    /// <summary>Whether a text has this form, with no other mark in it.</summary>
    /// <param name="text">The text, without spaces.</param>
    public bool Scans(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        Rune[] characters = [.. text.EnumerateRunes()];
        return characters.Length == Length && Commas.EnumerateRunes().Contains(characters[Line])
            && Ends.EnumerateRunes().Contains(characters[^1])
            && characters.Count(character => Marks.EnumerateRunes().Contains(character)) == 2;
    }

    /// <summary>The share of texts that have this form.</summary>
    /// <param name="texts">At least one.</param>
    public double ShareThatScans(IEnumerable<string> texts) => texts.Average(text => Scans(text) ? 1.0 : 0);
}
