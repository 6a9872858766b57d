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
        foreach (var threshold in ordinary.Select(score => (score, Anomalous: 0)).Concat(anomalous.Select(score => (score, Anomalous: 1)))
            .GroupBy(entry => entry.score).OrderByDescending(group => group.Key))
        {
            var positives = threshold.Sum(entry => entry.Anomalous);
            found.Add(found[^1] + positives / (double)anomalous.Count);
            alarms.Add(alarms[^1] + (threshold.Count() - positives) / (double)ordinary.Count);
        }

        return new RocCurve(alarms, found);
    }
}
