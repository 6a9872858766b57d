using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Research.TextVae.Support;

namespace Research.TextVae.Notebooks.Documents;

/// <summary>
/// How far a number may be from the one stored: |new − stored| ≤ <paramref name="Absolute"/> + <paramref name="Relative"/> · |stored|.
/// Stated as <c>{"textvae": {"check": {"rtol": 1e-3, "atol": 0, "ignore": "regular expression"}}}</c> in the metadata of the notebook,
/// or of a cell, where it goes before; <c>"check": false</c> leaves a cell out.
/// </summary>
/// <param name="Ignore">What is taken out of both texts first, such as times.</param>
internal sealed record CheckTolerance(double Relative = 1e-6, double Absolute = 1e-9, Regex? Ignore = null)
{
    /// <summary>As stated in the metadata of a cell, the rest as in <paramref name="outer"/>; null when the cell is left out.</summary>
    /// <exception cref="UserException">What is stated is malformed.</exception>
    public static CheckTolerance? Read(JsonObject metadata, CheckTolerance outer, string place)
    {
        switch ((metadata["textvae"] as JsonObject)?["check"])
        {
            case null:
                return outer;
            case JsonValue value when value.TryGetValue<bool>(out var wanted):
                return wanted ? outer : null;
            case JsonObject stated:
                if (stated.FirstOrDefault(entry => entry.Key is not ("rtol" or "atol" or "ignore")) is { Key: { } unknown })
                    throw new UserException(
                        $"{place}: metadata textvae.check has no '{Excerpt.Of(unknown)}'; it has rtol, atol and ignore.");
                return outer with
                {
                    Relative = Number(stated, "rtol", outer.Relative, place),
                    Absolute = Number(stated, "atol", outer.Absolute, place),
                    Ignore = Pattern(stated, outer, place),
                };
            default:
                throw new UserException($"{place}: metadata textvae.check is neither true, false nor an object of rtol, atol and ignore.");
        }
    }

    public bool Accepts(double stored, double now) =>
        stored.Equals(now) || Math.Abs(now - stored) <= Absolute + Relative * Math.Abs(stored);

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"rtol {Relative:0.###e0}, atol {Absolute:0.###e0}");

    private static double Number(JsonObject stated, string key, double otherwise, string place) => stated[key] switch
    {
        null => otherwise,
        JsonValue value when value.TryGetValue<double>(out var number) && number >= 0 => number,
        var wrong =>
            throw new UserException(
                $"{place}: metadata textvae.check.{key} is {Excerpt.Of(wrong.ToJsonString())}; it must be a number, at least 0."),
    };

    private static Regex? Pattern(JsonObject stated, CheckTolerance outer, string place)
    {
        if (stated["ignore"] is not { } pattern)
            return outer.Ignore;
        try
        {
            return new Regex(pattern.ToString(), RegexOptions.CultureInvariant, TimeSpan.FromSeconds(1));
        }
        catch (ArgumentException exception)
        {
            throw new UserException(
                $"{place}: metadata textvae.check.ignore is not a regular expression: {Excerpt.Of(exception.Message, 120).TrimEnd('.')}",
                exception);
        }
    }
}
