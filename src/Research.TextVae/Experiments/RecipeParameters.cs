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
            if (text == Format(standard))
                return standard;
            if (one.IsEnum)
                return Enum.GetNames(one).FirstOrDefault(known => known.Equals(text, StringComparison.OrdinalIgnoreCase)) is { } value
                    ? Enum.Parse(one, value)
                    : throw new FormatException();
            if (one == typeof(IReadOnlyList<int>))
                return text.Length == 0 ? [] : text.Split(',').Select(part => (int)Number(part, typeof(int))).ToArray();
            return one == typeof(bool) ? bool.Parse(text) : Number(text, one);
        }
        catch (Exception exception) when (exception is FormatException or OverflowException or InvalidCastException)
        {
            var range = exception is OverflowException ? " within the range of its type" : "";
            throw new UserException(
                $"-p {name}={Excerpt.Of(text)}: expected {Expected(one)}{range} (default {Format(standard)}).", exception);
        }
    }

    // No thousands separators, which would make 2 of 0,002, and no number that is none.
    private static object Number(string text, Type type)
    {
        if (type != typeof(double) && type != typeof(float) && type != typeof(decimal))
            return Convert.ChangeType(text, type, CultureInfo.InvariantCulture);
        if (type == typeof(decimal))
            return decimal.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture);
        var value = double.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture);
        if (double.IsNaN(value))
            throw new FormatException();
        if (!double.IsFinite(type == typeof(float) ? (float)value : value))
            throw new OverflowException();
        return Convert.ChangeType(value, type, CultureInfo.InvariantCulture);
    }

    private static string Expected(Type type) =>
        type.IsEnum ? $"one of {string.Join(", ", Enum.GetNames(type)).ToLowerInvariant()}"
        : type == typeof(bool) ? "true or false"
        : type == typeof(IReadOnlyList<int>) ? "whole numbers with commas between them"
        : type == typeof(double) || type == typeof(float) || type == typeof(decimal) ? "a number with a point before its decimals"
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
