namespace TorchSharp.Display;

/// <summary>Names the class that shows values of a type in notebooks; .NET Interactive finds it by the name of this attribute.</summary>
[AttributeUsage(AttributeTargets.Class)]
internal sealed class TypeFormatterSourceAttribute(Type formatterSourceType) : Attribute
{
    /// <summary>It has a method <c>CreateTypeFormatters()</c>.</summary>
    public Type FormatterSourceType { get; } = formatterSourceType;

    /// <summary>In which formats a value is shown unless others are asked for.</summary>
    public string[] PreferredMimeTypes { get; set; } = [];
}
