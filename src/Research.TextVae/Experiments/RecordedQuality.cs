using Research.TextVae.Charts;
using Research.TextVae.Evaluation;

namespace Research.TextVae.Experiments;

/// <summary>The quality of generated texts among the results of a variant.</summary>
public static class RecordedQuality
{
    private const string Curve = "temperatures";

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

    /// <summary>All these metrics.</summary>
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
