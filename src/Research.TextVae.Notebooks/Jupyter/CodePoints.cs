namespace Research.TextVae.Notebooks.Jupyter;

/// <summary>Jupyter counts positions in Unicode code points, .NET in UTF-16 units.</summary>
internal static class CodePoints
{
    public static int ToUtf16(string text, int codePoints)
    {
        var index = 0;
        for (var i = 0; i < codePoints && index < text.Length; i++)
            index += char.IsSurrogatePair(text, index) ? 2 : 1;
        return index;
    }

    public static int FromUtf16(string text, int index) =>
        Enumerable.Range(0, index).Count(i => !(i > 0 && char.IsSurrogatePair(text, i - 1)));
}
