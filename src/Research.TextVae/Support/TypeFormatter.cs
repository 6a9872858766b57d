namespace Research.TextVae.Support;

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

/// <summary>
/// Names the class that shows values of a type in notebooks. .NET Interactive and our own engine find it by the name of this attribute,
/// so that the library refers to neither.
/// </summary>
[AttributeUsage(AttributeTargets.Class)]
internal sealed class TypeFormatterSourceAttribute(Type formatterSourceType) : Attribute
{
    /// <summary>A type with a method <c>CreateTypeFormatters()</c> that returns objects like <see cref="TypeFormatter{T}"/>.</summary>
    public Type FormatterSourceType { get; } = formatterSourceType;

    /// <summary>In which formats a value is shown unless others are asked for.</summary>
    public string[] PreferredMimeTypes { get; set; } = [];
}
