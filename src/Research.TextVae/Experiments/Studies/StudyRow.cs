namespace Research.TextVae.Experiments;

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
