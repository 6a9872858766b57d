using Research.TextVae.Training;

namespace Research.TextVae.Experiments;

/// <summary>All trials of a sweep with one value: one a seed. Figures are means over seeds, on the test sentences.</summary>
public sealed record SweepPoint(double Value, IReadOnlyList<TrialResult> Trials)
{
    /// <summary>KL(q(z|x) ‖ p(z)), nats a sentence.</summary>
    public double Kl => Mean(final => final.Kl);

    /// <summary>−log p(x|z), nats a sentence.</summary>
    public double Reconstruction => Mean(final => final.Reconstruction);

    /// <summary>−ELBO, nats a sentence.</summary>
    public double NegativeElbo => Mean(final => final.NegativeElbo);

    /// <summary>Importance-weighted −log p(x), nats a sentence.</summary>
    public double IwNll => Mean(final => final.IwNll);

    /// <summary>I(x; z) over the whole split, nats.</summary>
    public double MutualInformation => Mean(final => final.MutualInformation);

    /// <summary>Active units.</summary>
    public double ActiveUnits => Mean(final => final.ActiveUnits);

    /// <summary>Corpus BLEU-4 of greedy reconstructions.</summary>
    public double ReconstructionBleu => Mean(final => final.ReconstructionBleu);

    /// <summary>Mean of a figure over the seeds.</summary>
    public double Mean(Func<FinalRecord, double> figure) => Trials.Average(trial => figure(trial.Final));

    /// <summary>Sample standard deviation of a figure over the seeds; 0 for a single one.</summary>
    public double Spread(Func<FinalRecord, double> figure)
    {
        var mean = Mean(figure);
        return Trials.Count < 2
            ? 0
            : Math.Sqrt(Trials.Sum(trial => Math.Pow(figure(trial.Final) - mean, 2)) / (Trials.Count - 1));
    }
}
