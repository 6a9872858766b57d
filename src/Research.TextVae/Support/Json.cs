using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Research.TextVae.Support;

/// <summary>The JSON dialect of every file a run writes.</summary>
internal static class Json
{
    /// <summary>
    /// Describes types by reflection, also where this is off by default, as in file-based apps (<c>dotnet run app.cs</c>). Generated
    /// descriptions would set a property with <c>init</c> that a file lacks to zero or null instead of its default value
    /// (https://github.com/dotnet/runtime/issues/84484), and could not know the types of a recipe.
    /// </summary>
    public static IJsonTypeInfoResolver Types { get; } = new DefaultJsonTypeInfoResolver();

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
        TypeInfoResolver = Types,
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
        WriteIndented = indented,
    };
}
