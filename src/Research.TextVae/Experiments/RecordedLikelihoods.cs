using Research.TextVae.Charts;
using Research.TextVae.Evaluation;
using Research.TextVae.Models;
using Research.TextVae.Text;
using static TorchSharp.torch;

namespace Research.TextVae.Experiments;

/// <summary>Estimates of −log p(x) beside the truth among the results of a variant, and their figure. All are nats per example.</summary>
public static class RecordedLikelihoods
{
    private const int ElboDraws = 100; // of z per example
    private const int ErrorsShown = 2; // standard errors to either side

    /// <summary>The true −log p(x).</summary>
    public static Metric Truth { get; } = new("true NLL");

    /// <summary>What −ELBO exceeds the truth by: KL(q(z|x) ‖ p(z|x)).</summary>
    public static Metric ElboGap { get; } = new("−ELBO − NLL", "0.000");

    /// <summary>What a language model loses beyond the entropy.</summary>
    public static Metric Excess { get; } = new("NLL − true NLL", "0.000");

    /// <summary>Annealed importance sampling less the truth.</summary>
    public static Metric AnnealedGap { get; } = new("AIS − NLL", "0.000");

    /// <summary>Annealed importance sampling in the reverse direction less the truth: it errs to below.</summary>
    public static Metric ReverseGap { get; } = new("reverse AIS − NLL", "0.000");

    /// <summary>The importance-weighted estimate by the defensive mixture less the truth.</summary>
    public static Metric DefensiveGap { get; } = new("defensive IW − NLL", "0.000");

    /// <summary>The importance-weighted estimate by the posterior alone less the truth.</summary>
    public static Metric PlainGap { get; } = new("plain IW − NLL", "0.000");

    /// <summary>Records −ELBO and what it exceeds the truth by, and the bound of Burda et al. for some numbers of samples as the series
    /// <c>IW-NLL by K</c>, the last of them as <see cref="Metric.IwNll"/>.</summary>
    /// <param name="variant">The variant.</param>
    /// <param name="model">The model.</param>
    /// <param name="examples">The examples.</param>
    /// <param name="truth">The mean of −log p(x) over them.</param>
    /// <param name="samples">Numbers of samples, ascending.</param>
    public static void RecordBounds<TBatch>(
        this Variant variant, Vae<TBatch> model, IDataset<TBatch> examples, double truth, IReadOnlyList<int> samples)
        where TBatch : IBatch<TBatch>
    {
        ArgumentNullException.ThrowIfNull(variant);
        ArgumentNullException.ThrowIfNull(samples);
        var elbo = Elbo(variant, model, examples).Average();
        variant.Record((Metric.NegativeElbo, elbo), (ElboGap, elbo - truth));
        var bounds = new List<ImportanceWeightedNll>();
        foreach (var k in samples)
        {
            variant.Progress("importance-weighted NLL, K", k, samples[^1]);
            bounds.Add(ImportanceWeightedNll.Estimate(model, examples, Plain(k), variant.Seed));
        }

        variant.Record("IW-NLL by K", samples.Select(k => (double)k), bounds.Select(bound => bound.Mean));
        variant.Record(Metric.IwNll, bounds[^1]);
    }

    /// <summary>Records what a model's likelihood exceeds the entropy by, with its standard error.</summary>
    /// <param name="variant">The variant.</param>
    /// <param name="likelihood">The model's.</param>
    /// <param name="truth">The true −log p(x) of each example.</param>
    public static void RecordExcess(this Variant variant, Likelihood likelihood, IReadOnlyList<double> truth)
    {
        ArgumentNullException.ThrowIfNull(variant);
        ArgumentNullException.ThrowIfNull(likelihood);
        variant.Record((Metric.Nll, likelihood.Nll), (Truth, truth.Average()));
        Record(variant, Excess, likelihood.PerSentence, truth);
    }

    /// <summary>Records every estimate less the truth, each with its standard error over examples.</summary>
    /// <param name="variant">The variant.</param>
    /// <param name="model">The model.</param>
    /// <param name="examples">Examples that the model has generated.</param>
    /// <param name="codes">The code of each; [examples, latent].</param>
    /// <param name="truth">The true −log p(x) of each.</param>
    /// <param name="samples">Samples per example of the importance-weighted estimates.</param>
    /// <param name="annealing">How chains are annealed.</param>
    public static void RecordEstimates<TBatch>(
        this Variant variant, Vae<TBatch> model, IDataset<TBatch> examples, Tensor codes, IReadOnlyList<double> truth, int samples,
        AnnealingOptions annealing)
        where TBatch : IBatch<TBatch>
    {
        ArgumentNullException.ThrowIfNull(variant);
        variant.Record(Truth, truth.Average());
        var bounds = BidirectionalNll.Estimate(model, examples, codes, annealing, variant.Seed, done =>
            variant.Progress("annealed importance sampling, examples", done, examples.Count));
        Record(variant, ReverseGap, bounds.Lower.PerSentence, truth);
        Record(variant, AnnealedGap, bounds.Upper.PerSentence, truth);
        foreach (var (metric, sampling) in new[] { (DefensiveGap, Plain(samples) with { Proposal = default }), (PlainGap, Plain(samples)) })
        {
            var nll = ImportanceWeightedNll.Estimate(model, examples, sampling, variant.Seed);
            Record(variant, metric, nll.PerSentence, truth);
            variant.Record(metric.EffectiveSamples, nll.MedianEffectiveSamples);
        }

        Record(variant, ElboGap, Elbo(variant, model, examples), truth);
    }

    /// <summary>The estimates less the truth with two standard errors to either side, a panel per variant that has recorded them.</summary>
    /// <param name="results">The results of the study.</param>
    public static Figure EstimatesFigure(StudyResults results)
    {
        ArgumentNullException.ThrowIfNull(results);
        Metric[] metrics = [ReverseGap, AnnealedGap, DefensiveGap, PlainGap, ElboGap];
        string[] names = [.. metrics.Select(metric => metric.Name.Replace(" − NLL", "", StringComparison.Ordinal))];
        Figure Panel(StudyRow row) => Figure.Of(Bar.Of(
            names, metrics.Select(metric => row[metric]), error: [.. metrics.Select(metric => ErrorsShown * row[metric.StandardError])]))
            .Title(row.Name).Y("nats above the truth");
        return Figure.Grid(2, [.. results.Rows.Where(row => row.Find(PlainGap) is not null).Select(Panel)]).Height(360);
    }

    private static ImportanceSampling Plain(int samples) =>
        new() { Samples = samples, Doublings = 0, Proposal = ImportanceProposal.Posterior };

    // The importance-weighted bound of one sample, averaged over many.
    private static double[] Elbo<TBatch>(Variant variant, Vae<TBatch> model, IDataset<TBatch> examples)
        where TBatch : IBatch<TBatch>
    {
        var sums = new double[examples.Count];
        for (ulong draw = 0; draw < ElboDraws; draw++)
        {
            var bound = ImportanceWeightedNll.Estimate(model, examples, Plain(1), variant.Seed + draw).PerSentence;
            for (var i = 0; i < sums.Length; i++)
                sums[i] += bound[i] / ElboDraws;
        }

        return sums;
    }

    private static void Record(Variant variant, Metric metric, IReadOnlyList<double> estimate, IReadOnlyList<double> truth)
    {
        double[] differences = [.. estimate.Zip(truth, (value, exact) => value - exact)];
        variant.Record((metric, differences.Average()), (metric.StandardError, Statistics.StandardError(differences)));
    }
}
