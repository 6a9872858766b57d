using System.Globalization;
using Research.TextVae.Evaluation;
using Research.TextVae.Support;
using Research.TextVae.Training;

namespace Research.TextVae.Experiments;

/// <summary>The points of a finished sweep in the order they were given, and the words expectations are stated in.</summary>
public sealed class SweepResults(IReadOnlyList<SweepPoint> points)
{
    /// <summary>One point per value of the swept parameter.</summary>
    public IReadOnlyList<SweepPoint> Points { get; } = points;

    /// <summary>The point of a value.</summary>
    public SweepPoint this[double value] =>
        Points.FirstOrDefault(point => point.Value == value)
        ?? throw new UserException(
            $"an expectation asks for the value {Text(value)}, which is not in the sweep "
                + $"({string.Join(", ", Points.Select(point => Text(point.Value)))}).");

    /// <summary>A figure falls from each point to the next, up to a tolerance.</summary>
    public Check Falls(Func<SweepPoint, double> figure, double tolerance = 0)
    {
        var values = Points.Select(figure).ToArray();
        var falls = values.Zip(values.Skip(1), (left, right) => right <= left + tolerance && double.IsFinite(left + right))
            .All(step => step);
        return (falls, string.Join(" → ", values.Select(Text)));
    }

    /// <summary>A condition holds at each point that a filter selects.</summary>
    public Check All(Func<SweepPoint, bool> where, Func<SweepPoint, double> figure, Func<double, bool> condition)
    {
        var selected = Points.Where(where).ToArray();
        return (
            selected.Length > 0 && selected.All(point => condition(figure(point))),
            string.Join(", ", selected.Select(point => $"{Text(figure(point))} at {Text(point.Value)}")));
    }

    /// <summary>A figure is lower at one value than at another.</summary>
    public Check Less(Func<SweepPoint, double> figure, double lower, double higher)
    {
        ArgumentNullException.ThrowIfNull(figure);
        var (left, right) = (figure(this[lower]), figure(this[higher]));
        return (left < right, $"{Text(left)} at {Text(lower)}, {Text(right)} at {Text(higher)}");
    }

    /// <summary>The posterior at a value is the prior: KL below 0.5 nats, or no active unit.</summary>
    public Check Collapsed(double value)
    {
        var point = this[value];
        return (point.Kl < 0.5 || point.ActiveUnits == 0, $"KL {Text(point.Kl)} nats, {Text(point.ActiveUnits)} active units");
    }

    private static string Text(double value) => (Math.Round(value, 2) + 0.0).ToString("0.##", CultureInfo.InvariantCulture);
}

/// <summary>All trials of a sweep with one value: one per seed. Figures are means over seeds, on the test sentences.</summary>
public sealed record SweepPoint(double Value, IReadOnlyList<TrialResult> Trials)
{
    /// <summary>KL(q(z|x) ‖ p(z)), nats per sentence.</summary>
    public double Kl => Mean(final => final.Metrics.Kl);

    /// <summary>−log p(x|z), nats per sentence.</summary>
    public double Reconstruction => Mean(final => final.Metrics.Reconstruction);

    /// <summary>−ELBO, nats per sentence.</summary>
    public double NegativeElbo => Mean(final => final.Metrics.NegativeElbo);

    /// <summary>Importance-weighted −log p(x), nats per sentence.</summary>
    public double IwNll => Mean(final => final.IwNll);

    /// <summary>I(x; z) over the whole split, nats.</summary>
    public double MutualInformation => Mean(final => final.Metrics.MutualInformation);

    /// <summary>Active units.</summary>
    public double ActiveUnits => Mean(final => final.Metrics.ActiveUnits);

    /// <summary>Corpus BLEU-4 of greedy reconstructions.</summary>
    public double ReconstructionBleu => Mean(final => final.ReconstructionBleu);

    /// <summary>Mean of a figure over the seeds.</summary>
    public double Mean(Func<FinalRecord, double> figure) => Trials.Average(trial => figure(trial.Final));

    /// <summary>Sample standard deviation of a figure over the seeds; 0 for a single one.</summary>
    public double Spread(Func<FinalRecord, double> figure) =>
        Statistics.StandardDeviation([.. Trials.Select(trial => figure(trial.Final))]);
}
