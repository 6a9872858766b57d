using System.Globalization;
using Research.TextVae.Evaluation;
using Research.TextVae.Support;

namespace Research.TextVae.Experiments;

/// <summary>The rows of a finished study, and the words expectations are stated in.</summary>
public sealed class StudyResults(IReadOnlyList<StudyRow> rows)
{
    /// <summary>One row per variant, in the order they were described.</summary>
    public IReadOnlyList<StudyRow> Rows { get; } = rows;

    /// <summary>The row of a variant.</summary>
    public StudyRow this[string member] =>
        Rows.FirstOrDefault(row => row.Name == member)
        ?? throw new UserException(
            $"an expectation asks for \"{member}\", which is no variant ({string.Join(", ", Rows.Select(row => row.Name))}).");

    /// <summary>A metric is lower for one variant than for another, by at least a margin.</summary>
    public Check Less(Metric metric, string lower, string higher, double margin = 0)
    {
        var (left, right) = (this[lower][metric], this[higher][metric]);
        return (left < right - margin, $"{Text(left)} for {lower}, {Text(right)} for {higher}");
    }

    /// <summary>A variant's metric lies between two bounds, both included.</summary>
    public Check Within(Metric metric, string member, double low, double high)
    {
        var value = this[member][metric];
        return (value >= low && value <= high, $"{Text(value)}, wanted {Text(low)} to {Text(high)}");
    }

    /// <summary>A variant's metric is at least a bound.</summary>
    public Check AtLeast(Metric metric, string member, double bound)
    {
        var value = this[member][metric];
        return (value >= bound, $"{Text(value)}, wanted at least {Text(bound)}");
    }

    /// <summary>A variant's metric is at most a bound.</summary>
    public Check AtMost(Metric metric, string member, double bound)
    {
        var value = this[member][metric];
        return (value <= bound, $"{Text(value)}, wanted at most {Text(bound)}");
    }

    /// <summary>A metric falls from each variant to the next.</summary>
    public Check Falls(Metric metric, params IEnumerable<string> members)
    {
        double[] values = [.. members.Select(member => this[member][metric])];
        return (values.Zip(values.Skip(1), (before, after) => after < before).All(falls => falls), string.Join(" → ", values.Select(Text)));
    }

    /// <summary>A curve falls from each point to the next, up to a tolerance.</summary>
    public static Check Falls(Series curve, double tolerance = 0)
    {
        ArgumentNullException.ThrowIfNull(curve);
        var falls = curve.Y.Zip(curve.Y.Skip(1), (before, after) => after <= before + tolerance).All(falls => falls);
        return (falls, string.Join(" → ", curve.Y.Select(Text)));
    }

    /// <summary>Two metrics of a variant, such as an estimate and the truth, differ by at most a tolerance.</summary>
    public Check Near(Metric metric, Metric other, string member, double tolerance)
    {
        var (left, right) = (this[member][metric], this[member][other]);
        return (Math.Abs(left - right) <= tolerance, string.Create(CultureInfo.InvariantCulture, $"{left:0.0000} and {right:0.0000}"));
    }

    /// <summary>At least a given number of variants satisfy a condition.</summary>
    public Check Count(int least, Func<StudyRow, bool> condition)
    {
        var names = Rows.Where(condition).Select(row => row.Name).ToArray();
        return (names.Length >= least, $"{names.Length}: {(names.Length == 0 ? "none" : string.Join(", ", names))}");
    }

    /// <summary>A number as expectations show it: two decimals from 1 on, three significant digits below.</summary>
    public static string Text(double value) => Math.Abs(value) switch
    {
        0 or double.NaN or >= 1 => (Math.Round(value, 2) + 0.0).ToString("#,0.##", CultureInfo.InvariantCulture),
        < 0.001 => value.ToString("0.0e0", CultureInfo.InvariantCulture),
        var size => (Math.Round(value, 2 - (int)Math.Floor(Math.Log10(size))) + 0.0).ToString("0.#####", CultureInfo.InvariantCulture),
    };
}

/// <summary>All results of one variant: one per seed. Figures are means over seeds.</summary>
public sealed record StudyRow(string Name, IReadOnlyList<MemberResult> Results)
{
    /// <summary>Mean of a metric over the seeds.</summary>
    /// <exception cref="UserException">The variant has not recorded it.</exception>
    public double this[Metric metric] => Find(metric) ?? throw new UserException(
        $"variant {Name} has not recorded {metric}; it has {string.Join(", ", First.Values.Keys)}.");

    /// <summary>Mean of a metric over the seeds; null where it was not recorded.</summary>
    public double? Find(Metric metric)
    {
        ArgumentNullException.ThrowIfNull(metric);
        return Results.All(result => result.Values.ContainsKey(metric.Name)) ? Results.Average(result => result.Values[metric.Name]) : null;
    }

    /// <summary>A metric as the table shows it, without its spread.</summary>
    public string Format(Metric metric) => this[metric].ToString(metric?.Format, CultureInfo.InvariantCulture);

    /// <summary>A series that the variant has recorded, of the first seed.</summary>
    /// <exception cref="UserException">The variant has not recorded it.</exception>
    public Series Curve(string name) => First.Series.TryGetValue(name, out var series) ? series : throw new UserException(
        $"variant {Name} has not recorded \"{name}\"; it has {string.Join(", ", First.Series.Keys)}.");

    /// <summary>Sample standard deviation of a metric over the seeds; 0 for a single one.</summary>
    public double Spread(Metric metric) => Statistics.StandardDeviation([.. Results.Select(result => result.Values[metric.Name])]);

    /// <summary>The result of the first seed, for curves and texts.</summary>
    public MemberResult First => Results[0];
}

/// <summary>What a member of a study has measured: its <c>members/&lt;name&gt;/result.json</c>.</summary>
public sealed record MemberResult
{
    /// <summary>The member's name, without its seed.</summary>
    public required string Member { get; init; }

    /// <summary>Seed of the member.</summary>
    public required ulong Seed { get; init; }

    /// <summary>Numbers by column.</summary>
    public Dictionary<string, double> Values { get; init; } = [];

    /// <summary>Curves and point clouds by name.</summary>
    public Dictionary<string, Series> Series { get; init; } = [];

    /// <summary>Tables of texts.</summary>
    public List<TextTable> Texts { get; init; } = [];

    /// <summary>Seconds it took.</summary>
    public double Seconds { get; set; }

    /// <summary>Reads the result of a finished member; null while there is none.</summary>
    /// <exception cref="UserException">It is damaged: nothing in it may be null, and all values of a series go together.</exception>
    internal static MemberResult? Read(RunFolder folder, string name)
    {
        if (folder.Read<MemberResult>(name) is not { } result)
            return null;
        return result is { Member: not null, Values: not null, Series: not null, Texts: not null }
            && result.Series.Values.All(series => series is { X: { } x, Y: { } y } && x.Count == y.Count
                && (series.Labels is not { } labels || (labels.Count == x.Count && !labels.Contains(null!))))
            && result.Texts.All(table => table is { Caption: not null, Headings: { } headings, Rows: { } rows }
                && !headings.Contains(null!) && rows.All(row => row?.Count == headings.Count && !row.Contains(null!)))
            ? result
            : throw new UserException(
                $"{System.IO.Path.Combine(folder.Path, name)}: a value is null, or lists that belong together differ in length; restore "
                    + "the file, or start a new run.");
    }
}

/// <summary>Points (x, y), each with a label where that helps.</summary>
public sealed record Series(IReadOnlyList<double> X, IReadOnlyList<double> Y, IReadOnlyList<string>? Labels = null);

/// <summary>Texts side by side: source and translation, sentence and its neighbours, samples.</summary>
public sealed record TextTable(string Caption, IReadOnlyList<string> Headings, IReadOnlyList<IReadOnlyList<string>> Rows);
