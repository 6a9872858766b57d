namespace Research.TextVae.Charts;

/// <summary>Makes characters visible that a page would swallow or obey.</summary>
internal static class VisibleText
{
    /// <summary>
    /// C0 controls and delete become their Unicode pictures (␀, ␛, …), C1 controls the replacement character; explicit
    /// bidirectional controls, which could reorder the text around them, become the replacement character too.
    /// </summary>
    public static string Of(char character) => character switch
    {
        '\t' => " ",
        < ' ' => ((char)(0x2400 + character)).ToString(),
        '\u007F' => "\u2421",
        > '\u007F' and < '\u00A0' => "\uFFFD",
        >= '\u202A' and <= '\u202E' => "\uFFFD",
        >= '\u2066' and <= '\u2069' => "\uFFFD",
        '\uFFFE' or '\uFFFF' => "\uFFFD",
        _ => character.ToString(),
    };
}
