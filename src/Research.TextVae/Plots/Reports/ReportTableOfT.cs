using System.Globalization;

namespace Research.TextVae.Plots;

/// <summary>A table being built from rows of <typeparamref name="T"/>.</summary>
/// <example><code>ReportTable.Of(members).Text("Member", m => m.Name).Number("KL (nats)", m => m.Kl, "0.00", Best.Lowest)</code></example>
public sealed class ReportTable<T> : ReportTable
{
    private readonly IReadOnlyList<T> rows;

    internal ReportTable(IReadOnlyList<T> rows) => this.rows = rows;

    public ReportTable<T> Text(string title, Func<T, string> value)
    {
        Columns.Add(new TableColumn(title, [.. rows.Select(value)], null, Best.None));
        return this;
    }

    /// <summary>A column of numbers in a .NET format; those that are missing or not finite are shown as a dash.</summary>
    public ReportTable<T> Number(string title, Func<T, double?> value, string format = "0.00", Best best = Best.None)
    {
        double[] numbers = [.. rows.Select(row => value(row) ?? double.NaN)];
        string Show(double number) => double.IsFinite(number) ? number.ToString(Math.Abs(number) < 1e6 ? format : "0.0e0", CultureInfo.InvariantCulture).Replace('-', '−') : "–";
        Columns.Add(new TableColumn(title, [.. numbers.Select(Show)], numbers, best));
        return this;
    }
}
