using System.Globalization;
using System.Numerics;
using System.Runtime.CompilerServices;

namespace Research.TextVae.Support;

/// <summary>Checks of option values as they are set; a wrong one is a mistake of the user, named in one line.</summary>
public static class Require
{
    /// <summary>Returns a value that is at least the minimum.</summary>
    /// <exception cref="UserException">The value is less.</exception>
    public static T AtLeast<T>(T minimum, T value, [CallerMemberName] string name = "")
        where T : INumber<T> =>
        value >= minimum ? value : throw Wrong(name, value, $"it must be at least {Text(minimum)}");

    /// <summary>Returns a value that lies between two bounds, which are allowed themselves.</summary>
    /// <exception cref="UserException">The value lies outside.</exception>
    public static T Within<T>(T minimum, T maximum, T value, [CallerMemberName] string name = "")
        where T : INumber<T> =>
        value >= minimum && value <= maximum
            ? value
            : throw Wrong(name, value, $"it must lie between {Text(minimum)} and {Text(maximum)}");

    /// <summary>Returns a value that is greater than a bound.</summary>
    /// <exception cref="UserException">The value is the bound or less.</exception>
    public static T Above<T>(T bound, T value, [CallerMemberName] string name = "")
        where T : INumber<T> =>
        value > bound ? value : throw Wrong(name, value, $"it must be greater than {Text(bound)}");

    /// <summary>Checks a list of layer widths: its least length, and that each width is at least 1.</summary>
    public static IReadOnlyList<int> Widths(int layers, IReadOnlyList<int> value, [CallerMemberName] string name = "")
    {
        if (value.Count < layers)
            throw new UserException($"{name} is empty; it must name at least one layer's width.");
        foreach (var width in value)
            AtLeast(1, width, $"A width in {name}");
        return value;
    }

    private static UserException Wrong<T>(string name, T value, string rule)
        where T : INumber<T> =>
        new($"{name} is {Text(value)}; {rule}.");

    private static string Text<T>(T value)
        where T : INumber<T> => value.ToString(null, CultureInfo.InvariantCulture);
}
