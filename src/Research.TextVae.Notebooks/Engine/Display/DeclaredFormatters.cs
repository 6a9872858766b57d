using System.Collections;
using System.Collections.Concurrent;
using System.Globalization;
using System.Reflection;
using TorchSharp;

namespace Research.TextVae.Notebooks.Engine.Display;

/// <summary>
/// The formatters that a type declares by the convention of .NET Interactive, which needs no reference to it: an attribute called
/// <c>TypeFormatterSourceAttribute</c> names a class whose <c>CreateTypeFormatters()</c> gives objects with a <c>MimeType</c> and a
/// <c>bool Format(object, TextWriter)</c>.
/// </summary>
internal sealed class DeclaredFormatters
{
    private const string AttributeName = "TypeFormatterSourceAttribute";

    private static readonly ConcurrentDictionary<Type, DeclaredFormatters?> Known = new();

    private readonly Dictionary<string, Func<object, TextWriter, bool>> _formats = [];

    private DeclaredFormatters(IEnumerable<Attribute> attributes)
    {
        List<string> preferred = [];
        foreach (var attribute in attributes)
        {
            if (Property(attribute, "FormatterSourceType") is not Type sourceType)
                continue;
            var source = Activator.CreateInstance(sourceType, nonPublic: true)!;
            if (sourceType.GetMethod("CreateTypeFormatters")?.Invoke(source, null) is not IEnumerable formatters)
                continue;
            foreach (var formatter in formatters)
            {
                if (Property(formatter, "MimeType") is string mimeType
                    && formatter.GetType().GetMethod("Format", [typeof(object), typeof(TextWriter)]) is { } format
                    && format.ReturnType == typeof(bool))
                    _formats[mimeType] = format.CreateDelegate<Func<object, TextWriter, bool>>(formatter);
            }

            preferred.AddRange(Property(attribute, "PreferredMimeTypes") as string[] ?? []);
        }

        MimeTypes = preferred.Count > 0 ? preferred : [.. _formats.Keys];
    }

    private DeclaredFormatters(string mimeType, Func<object, string> format)
    {
        _formats[mimeType] = (value, writer) =>
        {
            writer.Write(format(value));
            return true;
        };
        MimeTypes = [mimeType];
    }

    /// <summary>In which formats values of the type are shown unless others are asked for.</summary>
    public IReadOnlyList<string> MimeTypes { get; }

    /// <summary>Those of the type or a type it derives from, or null.</summary>
    public static DeclaredFormatters? Of(Type type) => Known.GetOrAdd(type, static type =>
    {
        var attributes = type.GetCustomAttributes(inherit: true).Cast<Attribute>().Where(a => a.GetType().Name == AttributeName).ToList();
        if (attributes.Count > 0)
            return new DeclaredFormatters(attributes);
        // TorchSharp declares none; without one its tensors would show as their properties, each a new tensor.
        return type.IsAssignableTo(typeof(torch.Tensor))
            ? new DeclaredFormatters("text/plain", value => ((torch.Tensor)value).npstr())
            : null;
    });

    /// <summary>The value in one format, or null where there is no formatter for it or the formatter declines.</summary>
    public string? Format(object value, string mimeType)
    {
        using var writer = new StringWriter(CultureInfo.InvariantCulture);
        return _formats.TryGetValue(mimeType, out var format) && format(value, writer) ? writer.ToString() : null;
    }

    private static object? Property(object instance, string name) =>
        instance.GetType().GetProperty(name, BindingFlags.Public | BindingFlags.Instance)?.GetValue(instance);
}
