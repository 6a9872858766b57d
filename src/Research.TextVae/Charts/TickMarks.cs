using System.Globalization;

namespace Research.TextVae.Charts;

/// <summary>Where the ticks of an axis stand that Plotly would place badly.</summary>
internal static class TickMarks
{
    private const int Most = 7;
    private const int MostWhole = 10;

    /// <summary>Whether an axis has whole numbers alone, such as epochs, and so few that Plotly would put ticks between them.</summary>
    public static bool AreWhole(Axis axis, IEnumerable<Values?> columns)
    {
        var numbers = Shown(axis, columns).ToArray();
        return axis is { Ticks: null, TickFormat: null } && numbers.Length > 0 && numbers.All(double.IsInteger)
            && numbers.Max() - numbers.Min() <= MostWhole;
    }

    /// <summary>
    /// Ticks of a logarithmic axis: 1, 2 and 5 times the powers of ten where the data span few of them, else powers alone, each written
    /// in full. Null where no number is positive, or where they are so near each other that Plotly's equal steps serve.
    /// </summary>
    public static IReadOnlyList<(double Value, string Label)>? OfPowers(Axis axis, IEnumerable<Values?> columns)
    {
        var positive = axis.Range is var (low, high) ? [low, high] : Shown(axis, columns).Where(value => value > 0).ToArray();
        if (positive.Length == 0) return null;
        var (first, last) = (positive.Min(), positive.Max());
        // Around a single value Plotly shows the power of ten below it and that above it.
        if (first == last) (first, last) = (first / 10, last * 10);
        var powers = Math.Log10(last / first);
        if (powers < 0.15) return null;
        double[] factors = powers < 0.7 ? [1, 1.5, 2, 3, 4, 5, 6, 8] : powers < 2 ? [1, 2, 5] : powers < 4 ? [1, 3] : [1];
        var (least, most) = ((int)Math.Floor(Math.Log10(first)), (int)Math.Ceiling(Math.Log10(last)));
        var step = Math.Max(1, (int)Math.Ceiling((most - least) / (double)Most));
        return [.. Enumerable.Range(least, most - least + 1).Where(power => step == 1 || power % step == 0)
            .SelectMany(power => factors.Select(factor => (Value: factor * Math.Pow(10, power), Label: Text(factor, power))))];
    }

    private static IEnumerable<double> Shown(Axis axis, IEnumerable<Values?> columns) =>
        columns.SelectMany(column => column?.Numbers ?? []).Where(double.IsFinite).Concat(axis.FromZero ? [0.0] : []);

    // 0.002, 50, 2,000; further out 2·10⁶.
    private static string Text(double factor, int power) => power is >= -3 and <= 4
        ? (factor * Math.Pow(10, power)).ToString("#,0.#####", CultureInfo.InvariantCulture)
        : (factor == 1 ? "" : factor.ToString(CultureInfo.InvariantCulture) + "·") + "10"
            + string.Concat(power.ToString(CultureInfo.InvariantCulture).Select(c => c == '-' ? '⁻' : "⁰¹²³⁴⁵⁶⁷⁸⁹"[c - '0']));
}
