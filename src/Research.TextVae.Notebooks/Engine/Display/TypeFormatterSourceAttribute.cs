namespace Research.TextVae.Notebooks.Engine.Display;

/// <summary>Names the formatters of a type; found by its own name, see <see cref="DeclaredFormatters"/>.</summary>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Struct)]
internal sealed class TypeFormatterSourceAttribute(Type formatterSourceType) : Attribute
{
    public Type FormatterSourceType { get; } = formatterSourceType;

    public string[] PreferredMimeTypes { get; set; } = [];
}
