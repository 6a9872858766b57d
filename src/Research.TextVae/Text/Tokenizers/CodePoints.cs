namespace Research.TextVae.Text;

/// <summary>Unicode code points of UTF-16 text.</summary>
internal static class CodePoints
{
    /// <summary>How many there are; half of a surrogate pair counts as one.</summary>
    public static int Count(string text)
    {
        if (text.AsSpan().IndexOfAnyInRange('\uD800', '\uDFFF') < 0)
            return text.Length;
        var count = 0;
        foreach (var _ in text.EnumerateRunes())
            count++;
        return count;
    }
}
