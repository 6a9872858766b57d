using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Research.TextVae.Support;

/// <summary>The JSON dialect of every file a run writes.</summary>
internal static class Json
{
    /// <summary>One line per value.</summary>
    public static JsonSerializerOptions Compact { get; } = Options(indented: false);

    /// <summary>For files people read.</summary>
    public static JsonSerializerOptions Indented { get; } = Options(indented: true);

    /// <summary>What reading JSON of unknown origin may throw.</summary>
    public static bool IsMisread(Exception error) =>
        error is JsonException or NotSupportedException or InvalidOperationException or ArgumentException or FormatException
            or OverflowException;

    private static JsonSerializerOptions Options(bool indented) => new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
        WriteIndented = indented,
    };
}
