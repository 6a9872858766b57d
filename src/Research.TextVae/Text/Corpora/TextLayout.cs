namespace Research.TextVae.Text;

/// <summary>How a plain text file holds its sentences.</summary>
public enum TextLayout
{
    /// <summary>Found out from the text; see <see cref="LayoutDetector"/>.</summary>
    Auto,

    /// <summary>One sentence a line, taken as it stands.</summary>
    Lines,

    /// <summary>Paragraphs divided by blank lines, their lines broken at a margin; divided into sentences by <see cref="SentenceSplitter"/>.</summary>
    Prose,

    /// <summary>One paragraph a line; divided into sentences by <see cref="SentenceSplitter"/>.</summary>
    Paragraphs,
}
