using System.Text.Json.Nodes;
using Microsoft.CodeAnalysis.CSharp.Scripting.Hosting;

namespace Research.TextVae.Notebooks.Engine.Display;

/// <summary>Values as MIME bundles: by the formatters their types declare, as tables where they are rows, as text in any case.</summary>
internal static class ValueFormatter
{
    /// <summary>In the MIME types given, or, when there are none, in all that suit the value.</summary>
    public static MimeBundle Format(object? value, IReadOnlyList<string> mimeTypes)
    {
        var data = new JsonObject();
        var declared = value is null ? null : DeclaredFormatters.Of(value.GetType());
        var table = declared is null ? RowTable.Of(value) : null;
        foreach (var mimeType in mimeTypes.Count > 0 ? mimeTypes : declared?.MimeTypes ?? [])
        {
            if (declared?.Format(value!, mimeType) is { } content)
                data[mimeType] = MimeBundle.Content(mimeType, content);
            else if (value is string text && mimeTypes.Count > 0)
                data[mimeType] = MimeBundle.Content(mimeType, text);
        }

        if (table is not null && (mimeTypes.Count == 0 || mimeTypes.Contains(MimeBundle.Html)))
            data[MimeBundle.Html] = table.ToHtml();
        if (mimeTypes.Count == 0 || data.Count == 0)
            data[MimeBundle.PlainText] ??= declared?.Format(value!, MimeBundle.PlainText) ?? table?.ToText() ?? Text(value);
        return new MimeBundle(data);
    }

    /// <summary>As the C# interactive window shows it; a string without quotation marks.</summary>
    public static string Text(object? value) => value switch
    {
        null => "<null>",
        string text => text,
        _ when OverridesToString(value) => value.ToString() ?? "",
        _ => CSharpObjectFormatter.Instance.FormatObject(value),
    };

    // Numbers, enumerations and collections read better as C# literals; types that say what they are know best.
    private static bool OverridesToString(object value) =>
        value is not (System.Collections.IEnumerable or char or bool) && !value.GetType().IsPrimitive && !value.GetType().IsEnum
        && value.GetType().GetMethod(nameof(ToString), Type.EmptyTypes)?.DeclaringType is { } declaring
        && declaring != typeof(object) && declaring != typeof(ValueType);
}
