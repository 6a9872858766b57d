namespace Research.TextVae.Support;

/// <summary>Text of unknown origin, as a message may quote it.</summary>
internal static class Excerpt
{
    private const int Longest = 60;

    /// <summary>Its beginning on one line, without characters that would upset a terminal.</summary>
    public static string Of(string text)
    {
        var shown = string.Concat(text.Take(Longest).Select(character => char.IsControl(character) || char.IsSurrogate(character)
            ? '·' : character));
        return text.Length > Longest ? shown + "…" : shown;
    }
}
