using System.Globalization;

namespace Research.TextVae.Experiments;

/// <summary>The rows of a finished study, and the words expectations are stated in.</summary>
public sealed class StudyResults(IReadOnlyList<StudyRow> rows)
{
    /// <summary>One row a member, in the order they were described.</summary>
    public IReadOnlyList<StudyRow> Rows { get; } = rows;

    /// <summary>The row of a member.</summary>
    public StudyRow this[string member] =>
        Rows.FirstOrDefault(row => row.Name == member)
        ?? throw new UserException($"an expectation asks for \"{member}\", which is no member ({string.Join(", ", Rows.Select(row => row.Name))}).");

    /// <summary>A column is lower for one member than for another, by at least a margin.</summary>
    public Check Less(string column, string lower, string higher, double margin = 0)
    {
        var (left, right) = (this[lower][column], this[higher][column]);
        return (left < right - margin, $"{Text(left)} for {lower}, {Text(right)} for {higher}");
    }

    /// <summary>A member's column lies between two bounds, both included.</summary>
    public Check Within(string column, string member, double low, double high)
    {
        var value = this[member][column];
        return (value >= low && value <= high, $"{Text(value)}, wanted {Text(low)} to {Text(high)}");
    }

    /// <summary>A member's column is at least a bound.</summary>
    public Check AtLeast(string column, string member, double bound)
    {
        var value = this[member][column];
        return (value >= bound, $"{Text(value)}, wanted at least {Text(bound)}");
    }

    /// <summary>A member's column is at most a bound.</summary>
    public Check AtMost(string column, string member, double bound)
    {
        var value = this[member][column];
        return (value <= bound, $"{Text(value)}, wanted at most {Text(bound)}");
    }

    /// <summary>At least so many members satisfy a condition.</summary>
    public Check Count(int least, Func<StudyRow, bool> condition)
    {
        var names = Rows.Where(condition).Select(row => row.Name).ToArray();
        return (names.Length >= least, $"{names.Length}: {(names.Length == 0 ? "none" : string.Join(", ", names))}");
    }

    /// <summary>A number as expectations show it: three significant digits and at least two decimals' worth.</summary>
    public static string Text(double value) =>
        (value is > -0.01 and < 0.01 && value != 0 ? value.ToString("0.0e0", CultureInfo.InvariantCulture) : (Math.Round(value, 2) + 0.0).ToString("#,0.##", CultureInfo.InvariantCulture));
}
