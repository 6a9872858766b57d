namespace Research.TextVae.Display;

/// <summary>Writes values of a type in one format; declines when there is nothing to write.</summary>
internal sealed class TypeFormatter<T>(string mimeType, Func<T, string?> format)
{
    public string MimeType { get; } = mimeType;

    public bool Format(object value, TextWriter writer)
    {
        if (value is not T typed || format(typed) is not { } text)
            return false;
        writer.Write(text);
        return true;
    }
}
