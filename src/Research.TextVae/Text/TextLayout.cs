namespace Research.TextVae.Text;

/// <summary>How a plain text file holds its sentences.</summary>
public enum TextLayout
{
    /// <summary>Found out from the text; see <see cref="LayoutDetector"/>.</summary>
    Auto,

    /// <summary>One sentence per line, unchanged.</summary>
    Lines,

    /// <summary>Paragraphs divided by blank lines, their lines broken at a margin; divided into sentences by
    /// <see cref="SentenceSplitter"/>.</summary>
    Prose,

    /// <summary>One paragraph a line; divided into sentences by <see cref="SentenceSplitter"/>.</summary>
    Paragraphs,
}

/// <summary>
/// Finds out how a text file holds its sentences, from its first 5,000 lines that are not blank.
/// <list type="number">
/// <item>Prose broken at a margin: the long lines are about equally long (at least half of the lines reach 3/4 of the
/// 95th percentile, which lies between 40 and 130 characters) and fewer than 60 % of the lines end a sentence,
/// though some do.</item>
/// <item>Otherwise each line is a unit. If <see cref="SentenceSplitter"/> finds more than 1.3 sentences in it on average
/// it is a paragraph, else a sentence.</item>
/// </list>
/// </summary>
public static class LayoutDetector
{
    private const int Sample = 5000;

    /// <returns>Never <see cref="TextLayout.Auto"/>.</returns>
    public static TextLayout Detect(IEnumerable<string> lines)
    {
        ArgumentNullException.ThrowIfNull(lines);
        var sample = lines.Select(line => line.Trim()).Where(line => line.Length > 0).Take(Sample).ToArray();
        if (sample.Length == 0)
            return TextLayout.Lines;
        var lengths = sample.Select(line => line.Length).Order().ToArray();
        var margin = lengths[(int)(0.95 * (lengths.Length - 1))];
        var filled = lengths.Count(length => length >= 0.75 * margin) / (double)lengths.Length;
        var ending = sample.Count(EndsSentence) / (double)sample.Length;
        if (margin is >= 40 and <= 130 && filled >= 0.5 && ending is > 0 and < 0.6)
            return TextLayout.Prose;
        return sample.Average(line => SentenceSplitter.Split(line).Count) > 1.3 ? TextLayout.Paragraphs : TextLayout.Lines;
    }

    private static bool EndsSentence(string line) =>
        line.TrimEnd('"', '\'', '”', '’', ')', ']') is [.., '.' or '!' or '?' or '…' or '。' or '！' or '？'];
}
