using System.Globalization;
using Research.TextVae.Support;

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

/// <summary>All results of one member: one a seed. Figures are means over seeds.</summary>
public sealed record StudyRow(string Name, IReadOnlyList<MemberResult> Results)
{
    /// <summary>Mean of a column over the seeds; NaN where it was not measured.</summary>
    public double this[string column] => Results.Average(result => result.Values.GetValueOrDefault(column, double.NaN));

    /// <summary>Sample standard deviation of a column over the seeds; 0 for a single one.</summary>
    public double Spread(string column) => Results.Count < 2
        ? 0
        : Math.Sqrt(Results.Sum(result => Math.Pow(result.Values.GetValueOrDefault(column, double.NaN) - this[column], 2)) / (Results.Count - 1));

    /// <summary>The result of the first seed, for curves and texts.</summary>
    public MemberResult First => Results[0];
}

/// <summary>What a member of a study has measured: its <c>members/&lt;name&gt;/result.json</c>.</summary>
public sealed record MemberResult
{
    /// <summary>The member's name, without its seed.</summary>
    public required string Member { get; init; }

    public required ulong Seed { get; init; }

    /// <summary>Numbers by column.</summary>
    public Dictionary<string, double> Values { get; init; } = [];

    /// <summary>Curves and point clouds by name.</summary>
    public Dictionary<string, Series> Series { get; init; } = [];

    /// <summary>Tables of texts.</summary>
    public List<TextTable> Texts { get; init; } = [];

    /// <summary>Seconds it took.</summary>
    public double Seconds { get; set; }
}

/// <summary>Points (x, y), each with a label where that helps.</summary>
public sealed record Series(IReadOnlyList<double> X, IReadOnlyList<double> Y, IReadOnlyList<string>? Labels = null);

/// <summary>Texts side by side: source and translation, sentence and its neighbours, samples.</summary>
public sealed record TextTable(string Caption, IReadOnlyList<string> Headings, IReadOnlyList<IReadOnlyList<string>> Rows);
