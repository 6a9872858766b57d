using System.Globalization;
using Research.TextVae.Charts;
using Research.TextVae.Evaluation;
using Research.TextVae.Reports;
using Research.TextVae.Text;
using Research.TextVae.Training;

namespace Research.TextVae.Experiments;

/// <summary>The page of a sweep.</summary>
internal sealed class SweepReport(Sweep sweep, SweepResults results, TextData data)
{
    // One curve a value: that of its first seed. The table has the spread.
    private IReadOnlyList<TrialResult> Shown => [.. results.Points.Select(point => point.Trials[0])];

    public void Write(HtmlReport report, RunFolder folder)
    {
        report.Section("Rate and distortion")
            .Text("**Rate** is KL(q(z|x) ‖ p(z)), a bound on the information of codes about sentences; **distortion** is −log p(x|z), "
                + "the reconstruction term. Their sum is −ELBO. All are in nats per sentence: sums over the predicted tokens (`</s>` "
                + "included), averaged over the test sentences.");
        folder.AddFigure(report, "rate-distortion",
            RateDistortion.Of(results.Points.Select(point => new RatePoint(Name(point), point.Kl, point.Reconstruction))),
            "Each point is a trained model on the test sentences. A posterior that has collapsed lies at the left edge.");
        report.Table(new SweepTable(sweep, results).ToReport(), TableCaption());

        report.Section("Signs of posterior collapse")
            .Text("**MI** is the mutual information of sentence and code under the encoder, E[KL(q(z|x) ‖ p(z))] − KL(q(z) ‖ p(z)), the "
                + "aggregate q(z) taken over the whole test split, so it is at most the logarithm of its size. **AU** counts the "
                + "dimensions whose posterior mean has a variance of at least 0.01.");
        folder.AddFigure(report, "mutual-information", MutualInformationAndActiveUnits.ByRun(
            [.. results.Points.Select(Name)],
            [.. results.Points.Select(point => point.MutualInformation)],
            [.. results.Points.Select(point => point.ActiveUnits)]), "On the test sentences.");
        folder.AddFigure(report, "collapse-by-epoch", MutualInformationAndActiveUnits.ByEpoch(
            Shown.Select(trial => (
                trial.Name,
                Numbers(trial.Validation, record => record.Epoch),
                Numbers(trial.Validation, record => ((VaeMetrics)record.Metrics).MutualInformation),
                Numbers(trial.Validation, record => ((VaeMetrics)record.Metrics).ActiveUnits))), ordered: true)
                    .Title("During training"), "On the validation sentences, after each epoch.");
        folder.AddFigure(report, "kl-per-dimension",
            KlPerDimension.Of(Shown.Select(trial => (trial.Name, trial.Final.Metrics.KlPerDimension))),
            "Test sentences; the dimensions of each model from most to least used.");

        report.Section("Training");
        folder.AddFigure(report, "losses", TrainingCurves.Of(
            Shown.Select(trial => new TrainingCurve(
                trial.Name,
                Numbers(trial.Training, record => record.Step),
                Numbers(trial.Training, record => record.Reconstruction),
                Numbers(trial.Training, record => record.Kl ?? double.NaN))), ordered: true),
                    "Training batches, dropout on. −ELBO has KL weight 1 whatever the weight in the loss.");
        folder.AddFigure(report, "validation", Figure.Of(Shown.Select(trial => Line.Of(
                trial.Validation.Select(record => (double)record.Epoch), trial.Validation.Select(record => record.Metrics.NegativeElbo),
                trial.Name, markers: true)))
            .Title("−ELBO on the validation sentences").X("epoch").Y("nats per sentence").LogY().Ordered()
            .Height(300), "The model measured above is that of the epoch with the lowest reconstruction + β · KL.");
        // A weight that is constant is in the model's name or in the configuration.
        if (Shown.Any(trial => trial.Training.Select(record => record.KlWeight).Distinct().Skip(1).Any()))
        {
            folder.AddFigure(report, "kl-weight", KlWeightSchedule.Of(
                Shown.Select(trial => (
                    trial.Name,
                    Numbers(trial.Training, record => record.Step),
                    Numbers(trial.Training, record => record.KlWeight ?? double.NaN))), ordered: true),
                        "The weight of the KL term in the loss.");
        }

        AddTexts(report);
    }

    private void AddTexts(HtmlReport report)
    {
        report.Section("Sentences from the prior")
            .Text("Codes drawn from N(0, I) and decoded; the same codes for every model. What is written greedily shows what the code "
                + "alone decides: from a collapsed model, always the same sentence.");
        foreach (var trial in Shown)
            AddColumns(report, trial, SampleRecord.Prior);

        report.Section("Reconstructions").Text("Test sentences, encoded to the posterior mean and decoded greedily.");
        foreach (var trial in Shown)
            report.Samples(trial.Name, ["sentence", "reconstruction"], Records(trial, SampleRecord.Reconstruction)
                .Select(record => record.Texts));

        report.Section("Walks between codes")
            .Text("Greedy sentences on the way between two codes, straight and along the great circle. The codes are posterior means of "
                + "two test sentences, or two draws from the prior.");
        foreach (var trial in Shown)
        {
            foreach (var (kind, between) in new[] { (SampleRecord.Interpolation, "two test sentences"),
                (SampleRecord.PriorInterpolation, "two draws from the prior") })
            {
                foreach (var record in Records(trial, kind))
                    report.Interpolation($"{trial.Name}: between {between}, {record.Decoding}", record.Texts);
            }
        }
    }

    private static void AddColumns(HtmlReport report, TrialResult trial, string kind)
    {
        var columns = Records(trial, kind).GroupBy(record => record.Decoding).ToArray();
        if (columns.Length == 0)
            return;
        var texts = columns.Select(column => column.Select(record => record.Texts[0]).ToArray()).ToArray();
        report.Samples(
            trial.Name, [.. columns.Select(column => column.Key)], Enumerable.Range(0, texts[0].Length)
                .Select(row => (IReadOnlyList<string>)[.. texts.Select(column => column[row])]));
    }

    public Tile[] Tiles()
    {
        var best = results.Points.MinBy(point => point.IwNll)!;
        var collapsed = results.Points.Where(point => results.Collapsed(point.Value).Held).ToArray();
        return
        [
            new Tile("lowest IW-NLL", best.IwNll.ToString("0.00", CultureInfo.InvariantCulture), "nats", $"at {Name(best)}{Error(best)}"),
            new Tile("collapsed", $"{collapsed.Length} of {results.Points.Count}",
                Note: collapsed.Length == 0 ? "" : string.Join(", ", collapsed.Select(Name))),
            new Tile("trained in", TimeSpan.FromSeconds(results.Points.Sum(point => point.Trials.Sum(trial => trial.Final.Seconds)))
                .ToString(@"h\:mm\:ss", CultureInfo.InvariantCulture), "", $"{results.Points.Sum(point => point.Trials.Count)} models"),
        ];
    }

    private string TableCaption()
    {
        var final = Shown[0].Final;
        var finals = results.Points.SelectMany(point => point.Trials).Select(trial => trial.Final).ToArray();
        var (fewest, most) = (finals.Min(trial => trial.IwSamples), finals.Max(trial => trial.IwSamples));
        var unsettled = finals.Count(trial => trial.IwConverged == false);
        var settled = unsettled == 0 ? "" : $" ({unsettled} of {finals.Length} had not converged: the true value may be lower)";
        var seeds = sweep.SeedCount == 1 ? "one seed" : $"{sweep.SeedCount} seeds, mean ± standard deviation";
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{data.Test.Count} test sentences, {seeds}. rec.: reconstruction; IW-NLL: importance-weighted −log p(x) with "
                + $"{(fewest == most ? $"{most}" : $"{fewest} to {most}")} samples on {final.IwSentences} of them{settled}, s.e. its "
                + $"standard error over sentences, ESS the effective sample size (median), IW-PPL its perplexity per token; BLEU: corpus "
                + $"BLEU-4 of greedy reconstructions; s: seconds to train and measure a model.");
    }

    private static string Error(SweepPoint point)
    {
        var error = point.Mean(final => final.IwStandardError ?? double.NaN);
        return double.IsNaN(error) ? "" : string.Create(CultureInfo.InvariantCulture, $", standard error {error:0.00}");
    }

    private string Name(SweepPoint point) => string.Create(CultureInfo.InvariantCulture, $"{sweep.Symbol} = {point.Value:0.###}");

    private static IEnumerable<SampleRecord> Records(TrialResult trial, string kind) => trial.Samples.Where(sample => sample.Kind == kind);

    private static IReadOnlyList<double> Numbers<T>(IEnumerable<T> records, Func<T, double> number) => [.. records.Select(number)];
}
