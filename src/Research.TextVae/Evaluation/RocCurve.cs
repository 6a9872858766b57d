using Research.TextVae.Support;

namespace Research.TextVae.Evaluation;

/// <summary>
/// How well a score separates anomalies from ordinary examples: the share of anomalies found against the share of false alarms, for every
/// threshold that a score must reach to be called an anomaly.
/// </summary>
/// <param name="FalseAlarms">Share of the ordinary at or above the threshold; from 0 to 1.</param>
/// <param name="Found">Share of the anomalies at or above it; from 0 to 1.</param>
public sealed record RocCurve(IReadOnlyList<double> FalseAlarms, IReadOnlyList<double> Found)
{
    /// <summary>
    /// The area under the curve: the probability that an anomaly scores higher than what is ordinary, ties counted half
    /// (Hanley and McNeil 1982).
    /// </summary>
    // Trapezia: a threshold that ordinary and anomalous scores share gives a slanted edge, which counts their ties half.
    public double Area =>
        Enumerable.Range(1, Found.Count - 1).Sum(i => (FalseAlarms[i] - FalseAlarms[i - 1]) * (Found[i] + Found[i - 1]) / 2);

    /// <summary>Share of the anomalies that score higher than each ordinary example, ties counted half, in the order of the
    /// examples.</summary>
    public IReadOnlyList<double> OrdinaryPlacements { get; private init; } = [];

    /// <summary>Share of the ordinary examples that score lower than each anomaly, ties counted half, in the order of the
    /// anomalies.</summary>
    public IReadOnlyList<double> AnomalousPlacements { get; private init; } = [];

    /// <summary>The standard error of the area (DeLong et al. 1988); not a number for a curve that is not from scores.</summary>
    // s² = S₁₀ / m + S₀₁ / n, the sample variances of the placements of m ordinary examples and n anomalies
    public double AreaError => Error(OrdinaryPlacements, AnomalousPlacements);

    /// <summary>The standard error of the difference between the areas of two scores of the same examples, which is smaller than that of
    /// unrelated ones where the scores agree (DeLong et al. 1988).</summary>
    /// <param name="other">The curve of the other score, of the same examples in the same order.</param>
    /// <exception cref="ArgumentException">It is of other numbers of examples.</exception>
    public double DifferenceError(RocCurve other)
    {
        ArgumentNullException.ThrowIfNull(other);
        if (other.OrdinaryPlacements.Count != OrdinaryPlacements.Count || other.AnomalousPlacements.Count != AnomalousPlacements.Count)
            throw new ArgumentException("The curves are of different examples.", nameof(other));
        return Error(
            [.. OrdinaryPlacements.Zip(other.OrdinaryPlacements, (a, b) => a - b)],
            [.. AnomalousPlacements.Zip(other.AnomalousPlacements, (a, b) => a - b)]);
    }

    /// <param name="ordinary">Scores of what is ordinary.</param>
    /// <param name="anomalous">Scores of anomalies; high is to mean anomalous.</param>
    /// <exception cref="UserException">One of the two is empty, or a score is not a number.</exception>
    public static RocCurve FromScores(IReadOnlyList<double> ordinary, IReadOnlyList<double> anomalous)
    {
        ArgumentNullException.ThrowIfNull(ordinary);
        ArgumentNullException.ThrowIfNull(anomalous);
        if (ordinary.Count == 0 || anomalous.Count == 0)
            throw new UserException(
                $"A ROC curve of {ordinary.Count} ordinary and {anomalous.Count} anomalous scores does not exist; both are needed.");
        if (ordinary.Concat(anomalous).Any(double.IsNaN))
            throw new UserException("A score is not a number, so it has no place among the others; look at what gave it.");
        List<double> alarms = [0], found = [0];
        var places = new Dictionary<double, (double Ordinary, double Anomalous)>(); // of a score: shares at or above it, ties half
        foreach (var threshold in ordinary.Select(score => (score, Anomalous: 0)).Concat(anomalous.Select(score => (score, Anomalous: 1)))
            .GroupBy(entry => entry.score).OrderByDescending(group => group.Key))
        {
            var positives = threshold.Sum(entry => entry.Anomalous);
            found.Add(found[^1] + positives / (double)anomalous.Count);
            alarms.Add(alarms[^1] + (threshold.Count() - positives) / (double)ordinary.Count);
            places[threshold.Key] = ((alarms[^1] + alarms[^2]) / 2, (found[^1] + found[^2]) / 2);
        }

        return new RocCurve(alarms, found)
        {
            OrdinaryPlacements = [.. ordinary.Select(score => places[score].Anomalous)],
            AnomalousPlacements = [.. anomalous.Select(score => 1 - places[score].Ordinary)],
        };
    }

    private static double Error(IReadOnlyList<double> ordinary, IReadOnlyList<double> anomalous) => ordinary.Count == 0
        ? double.NaN
        : Math.Sqrt(Math.Pow(Statistics.StandardError(ordinary), 2) + Math.Pow(Statistics.StandardError(anomalous), 2));
}
