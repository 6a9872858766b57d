using System.Globalization;
using Research.TextVae.Charts;
using Research.TextVae.Evaluation;
using Research.TextVae.Reports;
using Research.TextVae.Text;
using Research.TextVae.Tokenizers;

namespace Research.TextVae.Experiments;

/// <summary>How well scores tell anomalies from ordinary sentences, among the results of a variant.</summary>
public static class RecordedAnomalies
{
    private static readonly string[] Models = ["VAE", "5-gram"];

    /// <summary>Number of pairs.</summary>
    public static Metric Pairs { get; } = new("pairs", "0");

    /// <summary>The area under the ROC curve of the length in tokens.</summary>
    public static Metric Length { get; } = new("length");

    /// <summary>The mean importance-weighted −log p per token, in nats.</summary>
    public static Metric PerToken { get; } = new("IW-NLL per token");

    /// <summary>The share of the anomalies whose replaced token is the one that surprises the VAE most.</summary>
    public static Metric Located { get; } = new("located by the VAE", "0.0%", Best.Highest);

    /// <summary>The same of the n-gram model.</summary>
    public static Metric LocatedByNGram { get; } = new("located by the 5-gram", "0.0%", Best.Highest);

    /// <summary>The area under the ROC curve of a score.</summary>
    public static Metric Area(string score) => new(score, "0.000", Best.Highest);

    /// <summary>All these metrics.</summary>
    public static IReadOnlyList<Metric> Metrics => [PerToken, Pairs, Length, .. AnomalyScores.Names.Select(Area), Located, LocatedByNGram];

    /// <summary>Records the ROC curve and the area of every score with its standard error, where anomalies are located, the surprise of
    /// each token of an anomaly of about twelve, and the least and the most suspicious anomalies.</summary>
    /// <param name="variant">The variant.</param>
    /// <param name="pairs">The sentences.</param>
    /// <param name="ordinary">Scores of the ordinary ones.</param>
    /// <param name="anomalous">Scores of the anomalies.</param>
    /// <param name="tokenizer">Writes the tokens.</param>
    public static void Record(
        this Variant variant, AnomalyPairs pairs, AnomalyScores ordinary, AnomalyScores anomalous, Tokenizer tokenizer)
    {
        ArgumentNullException.ThrowIfNull(variant);
        ArgumentNullException.ThrowIfNull(pairs);
        ArgumentNullException.ThrowIfNull(ordinary);
        ArgumentNullException.ThrowIfNull(anomalous);
        ArgumentNullException.ThrowIfNull(tokenizer);
        variant.Record((Pairs, pairs.Ordinary.Count), (Length, pairs.LengthArea));
        foreach (var score in AnomalyScores.Names)
        {
            var curve = RocCurve.FromScores(ordinary[score], anomalous[score]);
            variant.Record((Area(score), curve.Area), (Area(score).StandardError, curve.AreaError));
            variant.Record(Curve(score), curve.FalseAlarms, curve.Found);
        }

        var (vae, ngram) = (anomalous.Own.PerToken, anomalous.Own.NGramPerToken);
        if (pairs.Places.Count > 0)
            variant.Record((Located, pairs.Located(vae)), (LocatedByNGram, pairs.Located(ngram)));
        var example = Enumerable.Range(0, pairs.Anomalous.Count).MinBy(i => Math.Abs(pairs.Anomalous.Lengths[i] - 12));
        var marker = Vocabulary.Markers[Vocabulary.EosId];
        string[] tokens = [.. pairs.Anomalous[example].Select(id => tokenizer.Decode([id]).Trim()), marker];
        foreach (var (model, nats) in Models.Zip([vae[example], ngram[example]]))
            variant.Record(Surprise(model), nats.Select((_, place) => (double)place), nats, tokens);
        RecordSuspicion(variant, pairs.Anomalous, anomalous["IW-NLL"]);
    }

    /// <summary>The area of every score, a bar for each variant with its standard error.</summary>
    public static Figure Areas(this StudyReport report)
    {
        Bar Bars(StudyRow row) => Bar.Of(
            AnomalyScores.Names, AnomalyScores.Names.Select(score => row[Area(score)]), row.Name,
            [.. AnomalyScores.Names.Select(score => row[Area(score).StandardError])]);
        return Figure.Of(Compared(report).Select(Bars)).Y("area under the ROC curve").Height(420);
    }

    /// <summary>The ROC curves of some scores, a panel for each variant.</summary>
    /// <param name="report">The report.</param>
    /// <param name="scores">The scores' names.</param>
    public static Figure RocCurves(this StudyReport report, params IReadOnlyList<string> scores)
    {
        Line Roc(Series curve, string score) => Line.Of(curve.X, curve.Y, score);
        Figure Panel(StudyRow row) => Figure.Of(scores.Select(score => Roc(row.Curve(Curve(score)), score)))
            .X("share of ordinary ones called strange").Y("share of the strange found").Title(row.Name);
        return Figure.Grid(2, [.. Compared(report).Select(Panel)]);
    }

    /// <summary>How surprising each token of an example is to the VAE and to the n-gram model, a panel for each variant.</summary>
    public static Figure SurprisePerToken(this StudyReport report)
    {
        Figure Panel(StudyRow row)
        {
            var series = row.Curve(Surprise(Models[0]));
            return Figure.Of(Models.Select(model => Bar.Of(series.X, row.Curve(Surprise(model)).Y, model)))
                .XAxis(axis => axis with { Ticks = [.. series.X.Zip(series.Labels!)] }).Y("−log p (nats)").YFromZero().Title(row.Name);
        }

        StudyRow[] rows = Compared(report);
        return Figure.Grid(1, [.. rows.Select(Panel)]).Height(220 * rows.Length);
    }

    /// <summary>The score whose mean area over some variants is the highest, and that mean.</summary>
    /// <param name="study">The results.</param>
    /// <param name="variants">Names of the variants.</param>
    public static (string Score, double Area) BestScore(this StudyResults study, IReadOnlyList<string> variants)
    {
        ArgumentNullException.ThrowIfNull(study);
        return AnomalyScores.Names.Select(score => (Score: score, Area: variants.Average(variant => study[variant][Area(score)])))
            .MaxBy(mean => mean.Area);
    }

    private static void RecordSuspicion(Variant variant, EncodedSentences sentences, IReadOnlyList<double> nats)
    {
        variant.Record(PerToken, nats.Average());
        var ranked = nats.Select((value, i) => (value, i)).Order().ToArray();
        var rows = ranked.Take(3).Concat(ranked.TakeLast(3))
            .Select(at => new[] { at.value.ToString("0.00", CultureInfo.InvariantCulture), sentences.Source(at.i).Text });
        variant.Record("The least and the most suspicious, by IW-NLL per token", ["nats per token", "text"], rows);
    }

    private static StudyRow[] Compared(StudyReport report)
    {
        ArgumentNullException.ThrowIfNull(report);
        return [.. report.Results.Rows.Where(row => row.Find(Pairs) is not null)];
    }

    private static string Curve(string score) => $"ROC {score}";

    private static string Surprise(string model) => $"surprise, {model}";
}
