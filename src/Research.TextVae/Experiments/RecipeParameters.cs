using System.Collections;
using System.Globalization;
using System.Reflection;
using System.Text.RegularExpressions;
using Research.TextVae.Support;

namespace Research.TextVae.Experiments;

/// <summary>The properties of configurations as parameters of a recipe.</summary>
internal static partial class RecipeParameters
{
    private const string None = "none";

    /// <summary>A copy of a configuration with the values that the user has set.</summary>
    /// <param name="config">A record.</param>
    /// <param name="prefix">Comes before the names, with a hyphen.</param>
    /// <param name="take">Gives the user's text for a name, or the one given.</param>
    public static object Configure(object config, string prefix, Func<string, string, string> take)
    {
        var copy = Clone(config);
        foreach (var property in config.GetType().GetProperties().Where(property => property.SetMethod is not null))
        {
            var (type, value) = (property.PropertyType, property.GetValue(config));
            var name = (prefix.Length == 0 ? "" : prefix + "-") + KebabCase(property.Name);
            if (IsParameter(type))
            {
                var (standard, text) = (Format(value), take(name, Format(value)));
                if (text != standard)
                    Set(property, copy, Parse(name, text, type, value), name, text);
            }
            else if (value is not null && value.GetType().GetMethod("<Clone>$") is not null && value.GetType() == type)
            {
                Set(property, copy, Configure(value, prefix, take), name, "");
            }
        }

        return copy;
    }

    /// <summary>A value as <see cref="Parse"/> reads it again.</summary>
    public static string Format(object? value) => value switch
    {
        null => None,
        Enum name => name.ToString().ToLowerInvariant(),
        IEnumerable list and not string => string.Join(',', list.Cast<object>().Select(Format)),
        _ => Convert.ToString(value, CultureInfo.InvariantCulture)!,
    };

    /// <summary>Reads a value.</summary>
    /// <exception cref="UserException">It is none of this type.</exception>
    public static object? Parse(string name, string text, Type type, object? standard)
    {
        var nullable = Nullable.GetUnderlyingType(type);
        var one = nullable ?? type;
        try
        {
            if (nullable is not null && text == None)
                return null;
            if (one.IsEnum)
                return Enum.TryParse(one, text, ignoreCase: true, out var value) && !int.TryParse(text, out _)
                    ? value
                    : throw new FormatException();
            if (one == typeof(IReadOnlyList<int>))
                return text.Split(',', StringSplitOptions.RemoveEmptyEntries).Select(part => int.Parse(part, CultureInfo.InvariantCulture))
                    .ToArray();
            return Convert.ChangeType(text, one, CultureInfo.InvariantCulture);
        }
        catch (Exception exception) when (exception is FormatException or OverflowException or InvalidCastException)
        {
            throw new UserException($"-p {name}={Excerpt.Of(text)}: expected {Expected(one)} (default {Format(standard)}).", exception);
        }
    }

    private static string Expected(Type type) =>
        type.IsEnum ? $"one of {string.Join(", ", Enum.GetNames(type)).ToLowerInvariant()}"
        : type == typeof(bool) ? "true or false"
        : type == typeof(IReadOnlyList<int>) ? "whole numbers with commas between them"
        : type == typeof(double) ? "a number"
        : "an integer";

    private static bool IsParameter(Type type)
    {
        var one = Nullable.GetUnderlyingType(type) ?? type;
        return one.IsEnum || one == typeof(bool) || one == typeof(int) || one == typeof(long) || one == typeof(double)
            || one == typeof(IReadOnlyList<int>);
    }

    private static void Set(PropertyInfo property, object target, object? value, string name, string text)
    {
        try
        {
            property.SetMethod!.Invoke(target, BindingFlags.DoNotWrapExceptions, null, [value], CultureInfo.InvariantCulture);
        }
        catch (UserException exception)
        {
            throw new UserException($"-p {name}={Excerpt.Of(text)}: {exception.Message}", exception);
        }
    }

    // What "config with { }" does.
    private static object Clone(object config) => (config.GetType().GetMethod("<Clone>$")
        ?? throw new ArgumentException($"{config.GetType().Name} is not a record.", nameof(config))).Invoke(config, null)!;

    private static string KebabCase(string name) => Humps().Replace(name, "-").ToLowerInvariant();

    [GeneratedRegex("(?<=[a-z0-9])(?=[A-Z])")]
    private static partial Regex Humps();
}
