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
    private IReadOnlyList<(string Name, TrialResult Trial)> Shown => [.. results.Points.Select(point => (Name(point), point.Trials[0]))];

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
                + "dimensions whose posterior mean has a variance of at least 0.01; such a unit may still carry next to nothing, which KL "
                + "and MI show.");
        folder.AddFigure(report, "mutual-information", MutualInformationAndActiveUnits.ByRun(
            [.. results.Points.Select(Name)],
            [.. results.Points.Select(point => point.MutualInformation)],
            [.. results.Points.Select(point => point.ActiveUnits)]), "On the test sentences.");
        folder.AddFigure(report, "collapse-by-epoch", MutualInformationAndActiveUnits.ByEpoch(
            Shown.Select(shown => (
                shown.Name,
                Numbers(shown.Trial.Validation, record => record.Epoch),
                Numbers(shown.Trial.Validation, record => ((VaeMetrics)record.Metrics).MutualInformation),
                Numbers(shown.Trial.Validation, record => ((VaeMetrics)record.Metrics).ActiveUnits))), ordered: true)
                    .Title("During training"), "On the validation sentences, after each epoch.");
        folder.AddFigure(report, "kl-per-dimension",
            KlPerDimension.Of(Shown.Select(shown => (shown.Name, shown.Trial.Final.Metrics.KlPerDimension))),
            "Test sentences; the dimensions of each model from most to least used. The darkest colour stands for all above it too.");

        report.Section("Training");
        folder.AddFigure(report, "losses", TrainingCurves.Of(
            Shown.Select(shown => new TrainingCurve(
                shown.Name,
                Numbers(shown.Trial.Training, record => record.Step),
                Numbers(shown.Trial.Training, record => record.Reconstruction),
                Numbers(shown.Trial.Training, record => record.Kl ?? double.NaN))), ordered: true),
                    "Training batches, dropout on. −ELBO has KL weight 1 whatever the weight in the loss.");
        folder.AddFigure(report, "validation", Figure.Of(Shown.Select(shown => Line.Of(
                shown.Trial.Validation.Select(record => (double)record.Epoch),
                shown.Trial.Validation.Select(record => record.Metrics.NegativeElbo), shown.Name, markers: true)))
            .Title("−ELBO on the validation sentences").X("epoch").Y("nats per sentence").LogY().Ordered()
            .Height(300), "The model measured above is that of the epoch with the lowest reconstruction + β · KL.");
        // A weight that is constant is in the model's name or in the configuration.
        if (Shown.Any(shown => shown.Trial.Training.Select(record => record.KlWeight).Distinct().Skip(1).Any()))
        {
            folder.AddFigure(report, "kl-weight", KlWeightSchedule.Of(
                Shown.Select(shown => (
                    shown.Name,
                    Numbers(shown.Trial.Training, record => record.Step),
                    Numbers(shown.Trial.Training, record => record.KlWeight ?? double.NaN))), ordered: true),
                        "The weight of the KL term in the loss.");
        }

        AddTexts(report);
    }

    private void AddTexts(HtmlReport report)
    {
        var written = Shown.Where(shown => shown.Trial.Samples.Count > 0).ToArray();
        if (written.Length == 0)
            return;
        report.Section("Sentences")
            .Text("Codes drawn from N(0, I) and decoded greedily, the same codes for every model: what the code alone decides. A collapsed "
                + "model repeats one sentence. Below, for each model, sentences of every decoding; test sentences and what is decoded from "
                + "the means of their posteriors; and the way between two codes, straight and along the great circle.");
        var greedy = written.Select(shown => (shown.Name, Samples: Records(shown.Trial, SampleRecord.Prior)
                .Where(record => record.Decoding == SampleWriter.Greedy).Select(record => record.Texts[0]).ToArray()))
            .Where(shown => shown.Samples.Length > 0).ToArray();
        if (greedy.Length > 0)
            report.Samples("Greedy samples from the prior", ["model", "samples"],
                greedy.Select(shown => (string[])[shown.Name, SampleTexts.Summary(shown.Samples)]));
        foreach (var (name, trial) in written)
            report.Details($"{name}: samples, reconstructions and walks between codes", page => AddTexts(page, trial));
    }

    private static void AddTexts(HtmlReport report, TrialResult trial)
    {
        var columns = Records(trial, SampleRecord.Prior).GroupBy(record => record.Decoding)
            .Select(column => (column.Key, Texts: column.Select(record => record.Texts[0]).ToArray())).ToArray();
        if (columns.Length > 0)
            report.Samples("Samples from the prior", [.. columns.Select(column => column.Key)],
                columns[0].Texts.Select((_, row) => (string[])[.. columns.Select(column => column.Texts[row])]));

        var reconstructions = Records(trial, SampleRecord.Reconstruction).Select(record => record.Texts).ToArray();
        if (reconstructions.Length > 0)
            report.Samples("Reconstructions", ["sentence", "reconstruction"], reconstructions);

        foreach (var (kind, between) in new[] { (SampleRecord.Interpolation, "two test sentences"),
            (SampleRecord.PriorInterpolation, "two draws from the prior") })
        {
            var walks = Records(trial, kind).ToArray();
            if (walks.SelectMany(walk => walk.Texts).Distinct().Count() == 1)
                report.Samples($"Walks between {between}", walks.SelectMany(walk => walk.Texts));
            else
                foreach (var walk in walks) report.Interpolation($"Between {between}, {walk.Decoding}", walk.Texts);
        }
    }

    public Tile[] Tiles()
    {
        var best = results.Points.MinBy(point => point.IwNll)!;
        var collapsed = results.Points.Where(point => results.Collapsed(point.Value).Held).ToArray();
        return
        [
            new Tile("lowest IW-NLL", best.IwNll.ToString("0.00", CultureInfo.InvariantCulture), "nats", $"at {Name(best)}{Error(best)}"),
            new Tile("collapsed", $"{collapsed.Length} of {results.Points.Count}",
                Note: collapsed.Length == 0 ? "" : $"{string.Join(", ", collapsed.Select(Name))}: KL < 0.5 nats or no active unit"),
            new Tile("trained in", TimeSpan.FromSeconds(results.Points.Sum(point => point.Trials.Sum(trial => trial.Final.Seconds)))
                .ToString(@"h\:mm\:ss", CultureInfo.InvariantCulture), "", $"{results.Points.Sum(point => point.Trials.Count)} models"),
        ];
    }

    private string TableCaption()
    {
        var final = Shown[0].Trial.Final;
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
