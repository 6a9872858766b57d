using System.Globalization;
using System.Text.Json.Nodes;

namespace Research.TextVae.Charts;

/// <summary>One column of data of a trace: either numbers or category names.</summary>
internal sealed class Values
{
    private Values(double[]? numbers, string[]? texts) => (Numbers, Texts) = (numbers, texts);

    public double[]? Numbers { get; }

    public string[]? Texts { get; }

    public int Count => Numbers?.Length ?? Texts!.Length;

    /// <summary>Numbers of any primitive type become doubles (null becomes NaN); strings stay categories.</summary>
    /// <exception cref="ArgumentException">The elements are neither numbers nor strings.</exception>
    public static Values From<T>(IEnumerable<T> source)
    {
        if (source is IEnumerable<double> doubles) return new(doubles.ToArray(), null);
        if (source is IEnumerable<string?> texts) return new(null, texts.Select(text => text ?? "").ToArray());

        var type = Nullable.GetUnderlyingType(typeof(T)) ?? typeof(T);
        if (!type.IsPrimitive && type != typeof(decimal) || type == typeof(char) || type == typeof(bool))
            throw new ArgumentException($"A trace takes numbers or strings, not {type.Name}.", nameof(source));
        return new(source.Select(value => value is null ? double.NaN : Convert.ToDouble(value, CultureInfo.InvariantCulture))
            .ToArray(), null);
    }

    public JsonArray ToJson()
    {
        var array = new JsonArray();
        for (var i = 0; i < Count; i++)
            array.Add(Numbers is null ? JsonValue.Create(PlotlyText.Escape(Texts![i])) : Number(Numbers[i]));
        return array;
    }

    /// <summary>
    /// A JSON number, or null where the number is not finite. Whole numbers stay whole, what was a float is written as the float
    /// it was (0.1, not 0.10000000149), and the rest gets nine significant digits, more than a plot can show.
    /// </summary>
    public static JsonNode? Number(double value)
    {
        if (!double.IsFinite(value)) return null;
        if (value == Math.Floor(value) && Math.Abs(value) < 1L << 53) return JsonValue.Create((long)value);
        if ((float)value == value) return JsonValue.Create((float)value);
        return JsonValue.Create(double.Parse(value.ToString("G9", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture));
    }

    public static JsonArray ToJson(IReadOnlyList<double> row)
    {
        var array = new JsonArray();
        foreach (var value in row) array.Add(Number(value));
        return array;
    }
}
