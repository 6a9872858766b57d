using Research.TextVae.Charts;
using Research.TextVae.Evaluation;
using Research.TextVae.Reports;
using Research.TextVae.Text;

namespace Research.TextVae.Experiments;

/// <summary>The quality of generated texts among the results of a variant.</summary>
public static class RecordedQuality
{
    private const string Curve = "temperatures";
    private const string Variety = "accuracy by self-BLEU";

    /// <summary>Perplexity per token of the texts under a 5-gram model of the training sentences.</summary>
    public static Metric ForwardPerplexity { get; } = new("forward PPL", "0.0");

    /// <summary>Perplexity per token of held-out sentences under a 5-gram model of the texts.</summary>
    public static Metric ReversePerplexity { get; } = new("reverse PPL", "0.0");

    /// <summary>BLEU of each text with the others as references, 0 to 100.</summary>
    public static Metric SelfBleu { get; } = new("self-BLEU", "0.0");

    /// <summary>Share of different words among all words.</summary>
    public static Metric Distinct1 { get; } = new("distinct-1", "0.000");

    /// <summary>Share of different pairs of words among all pairs.</summary>
    public static Metric Distinct2 { get; } = new("distinct-2", "0.000");

    /// <summary>Mean over classes of the share of texts that are judged to be of the class they are to be of.</summary>
    public static Metric LabelAccuracy { get; } = new("label accuracy", "0.0%", Best.Highest);

    /// <summary>All these metrics but the last.</summary>
    public static IReadOnlyList<Metric> Metrics => [ForwardPerplexity, ReversePerplexity, SelfBleu, Distinct1, Distinct2];

    /// <summary>Records <see cref="Metrics"/>.</summary>
    /// <param name="variant">The variant.</param>
    /// <param name="quality">The quality of its texts.</param>
    public static void Record(this Variant variant, SampleQuality quality)
    {
        ArgumentNullException.ThrowIfNull(variant);
        ArgumentNullException.ThrowIfNull(quality);
        variant.Record(ForwardPerplexity, quality.ForwardPerplexity);
        variant.Record(ReversePerplexity, quality.ReversePerplexity);
        variant.Record(SelfBleu, quality.SelfBleu);
        variant.Record(Distinct1, quality.Distinct1);
        variant.Record(Distinct2, quality.Distinct2);
    }

    /// <summary>Records <see cref="LabelAccuracy"/> and its standard error, its bars by class, and the variety of the texts.</summary>
    /// <param name="variant">The variant.</param>
    /// <param name="quality">Accuracy and variety of texts of some classes.</param>
    /// <param name="labels">Names of the classes.</param>
    public static void Record(this Variant variant, ControlledQuality quality, IReadOnlyList<string> labels)
    {
        ArgumentNullException.ThrowIfNull(variant);
        ArgumentNullException.ThrowIfNull(quality);
        ArgumentNullException.ThrowIfNull(labels);
        variant.Record((LabelAccuracy, quality.Accuracy.Mean), (LabelAccuracy.StandardError, quality.StandardError));
        variant.Record((SelfBleu, quality.SelfBleu), (Distinct1, quality.Distinct1), (Distinct2, quality.Distinct2));
        variant.Record("by class", labels.Select((_, label) => (double)label), quality.Accuracy.PerClass, labels);
    }

    /// <summary>Records accuracy and variety of the texts that are written at some temperatures as a curve.</summary>
    /// <param name="variant">The variant.</param>
    /// <param name="qualities">At each temperature.</param>
    /// <param name="temperatures">The temperatures.</param>
    public static void Record(this Variant variant, IReadOnlyList<ControlledQuality> qualities, IEnumerable<double> temperatures)
    {
        ArgumentNullException.ThrowIfNull(variant);
        variant.Record(
            Variety, qualities.Select(at => at.SelfBleu), qualities.Select(at => at.Accuracy.Mean),
            temperatures.Select(temperature => FormattableString.Invariant($"{temperature}")));
    }

    /// <summary>Records how far a judge can be trusted: its accuracy by the length of texts and by the number that it has read.</summary>
    /// <param name="variant">The variant.</param>
    /// <param name="judge">The judge.</param>
    /// <param name="sentences">Held-out sentences of the classes.</param>
    public static void Record(this Variant variant, ClassJudge judge, EncodedSentences sentences)
    {
        ArgumentNullException.ThrowIfNull(variant);
        ArgumentNullException.ThrowIfNull(judge);
        var (lengths, numbers) = (judge.ByLength(), judge.LearningCurve(sentences));
        variant.Record(JudgeByLength, lengths.Select(at => (double)at.Words), lengths.Select(at => at.Accuracy));
        variant.Record(JudgeByNumber, numbers.Select(at => (double)at.Texts), numbers.Select(at => at.Accuracy));
    }

    /// <summary>Name of the recorded curve of a judge's accuracy by the length of texts.</summary>
    public const string JudgeByLength = "judge by words";

    /// <summary>Name of the recorded curve of a judge's accuracy by the number of texts that it has read.</summary>
    public const string JudgeByNumber = "judge by texts read";

    /// <summary>Accuracy over self-BLEU: a line over temperatures for each variant that has recorded one, and a point for each of the
    /// others.</summary>
    /// <param name="report">The report.</param>
    public static Figure AccuracyByVariety(this StudyReport report)
    {
        ArgumentNullException.ThrowIfNull(report);
        Trace Of(StudyRow row) => row.First.Series.TryGetValue(Variety, out var curve)
            ? Line.Of(curve.X, curve.Y, row.Name, markers: true) with { Labels = curve.Labels }
            : Scatter.Of([row[SelfBleu]], [row[LabelAccuracy]], row.Name);
        return Figure.Of(report.Results.Rows.Select(Of)).X("self-BLEU: the higher, the more alike").Y("label accuracy");
    }

    /// <summary>Name of the recorded curve of the reverse perplexity over the number of texts.</summary>
    public const string Samples = "reverse PPL over texts";

    /// <summary>Records the reverse perplexity over the number of texts.</summary>
    /// <param name="variant">The variant.</param>
    /// <param name="curve">The curve.</param>
    public static void Record(this Variant variant, ReversePerplexityCurve curve)
    {
        ArgumentNullException.ThrowIfNull(variant);
        ArgumentNullException.ThrowIfNull(curve);
        variant.Record(Samples, curve.Texts, curve.Perplexities);
    }

    /// <summary>Records a curve over temperatures.</summary>
    /// <param name="variant">The variant.</param>
    /// <param name="curve">The curve.</param>
    /// <param name="temperatures">Its temperatures.</param>
    public static void Record(this Variant variant, TemperatureCurve curve, IEnumerable<double> temperatures)
    {
        ArgumentNullException.ThrowIfNull(variant);
        ArgumentNullException.ThrowIfNull(curve);
        variant.Record(Curve, curve.Real, curve.Covered, temperatures.Select(temperature => FormattableString.Invariant($"{temperature}")));
    }

    /// <summary>The curve over temperatures that a variant has recorded.</summary>
    /// <param name="row">The variant's results.</param>
    /// <exception cref="Support.UserException">It has recorded none.</exception>
    public static TemperatureCurve TemperatureCurve(this StudyRow row)
    {
        ArgumentNullException.ThrowIfNull(row);
        var series = row.Curve(Curve);
        return new TemperatureCurve(series.X, series.Y);
    }

    /// <summary>The same as a line with a point per temperature.</summary>
    /// <param name="row">The variant's results.</param>
    /// <param name="name">Name of the line in the legend.</param>
    /// <param name="labelled">Whether the temperatures are written at the points of a solid line; it is dashed otherwise.</param>
    public static Line TemperatureLine(this StudyRow row, string name, bool labelled)
    {
        ArgumentNullException.ThrowIfNull(row);
        var series = row.Curve(Curve);
        var line = Line.Of(series.X, series.Y, name, markers: true, dash: labelled ? LineDash.Solid : LineDash.Dash);
        return line with { Labels = labelled ? series.Labels : null, Hover = series.Labels };
    }
}
