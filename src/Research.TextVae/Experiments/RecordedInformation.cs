using Research.TextVae.Charts;
using Research.TextVae.Evaluation;
using Research.TextVae.Generation;

namespace Research.TextVae.Experiments;

/// <summary>Information of latent dimensions about attributes among the results of a variant: metrics and heat maps.</summary>
public static class RecordedInformation
{
    /// <summary>The largest information of a dimension of z ~ q(z|x) about an attribute, in nats.</summary>
    public static Metric Information(string attribute) => new($"I({attribute})", "0.000");

    /// <summary>The largest information of a dimension of the posterior means about an attribute, in nats.</summary>
    public static Metric MeanInformation(string attribute) => new($"I({attribute}), mean", "0.000");

    /// <summary>The largest that any dimension of z ~ q(z|x) reaches with the attribute shuffled, in nats.</summary>
    public static Metric Chance(string attribute) => new($"chance({attribute})", "0.000");

    /// <summary>The entropy of an attribute, in nats, which no information about it exceeds.</summary>
    public static Metric Entropy(string attribute) => new($"H({attribute})");

    /// <summary>All metrics of an attribute.</summary>
    public static IEnumerable<Metric> Metrics(string attribute) =>
        [Information(attribute), MeanInformation(attribute), Chance(attribute), Entropy(attribute)];

    /// <summary>Estimates the information of each dimension about an attribute and records it.</summary>
    /// <param name="variant">The variant; its seed is that of the shuffles.</param>
    /// <param name="attribute">The attribute's name.</param>
    /// <param name="classes">The attribute of each sentence, from 0.</param>
    /// <param name="codes">The codes of the sentences.</param>
    /// <param name="options">How the information is estimated.</param>
    /// <returns>The information of z ~ q(z|x).</returns>
    public static DimensionInformation Record(
        this Variant variant, string attribute, IReadOnlyList<int> classes, LatentCodes codes, InformationOptions options)
    {
        ArgumentNullException.ThrowIfNull(variant);
        ArgumentNullException.ThrowIfNull(codes);
        var seen = DimensionInformation.Estimate(codes.Samples, classes, options, variant.Seed);
        var means = DimensionInformation.Estimate(codes.Means, classes, options, variant.Seed);
        RecordDimensions(variant, attribute, seen);
        RecordDimensions(variant, Means(attribute), means);
        variant.Record(Information(attribute), seen.Most);
        variant.Record(MeanInformation(attribute), means.Most);
        variant.Record(Chance(attribute), seen.Chance);
        variant.Record(Entropy(attribute), Statistics.Entropy([.. classes]));
        return seen;
    }

    /// <summary>Adds two heat maps of the information, attributes by dimensions: of z ~ q(z|x) and of the posterior means.</summary>
    /// <param name="report">The report.</param>
    /// <param name="row">The variant's results.</param>
    /// <param name="attributes">The attributes; those that the variant has not recorded are left out.</param>
    public static void InformationMaps(this StudyReport report, StudyRow row, IEnumerable<string> attributes)
    {
        ArgumentNullException.ThrowIfNull(report);
        ArgumentNullException.ThrowIfNull(row);
        string[] known = [.. attributes.Where(row.First.Series.ContainsKey)];
        report.Figure($"information-{known[^1]}", Map(row, known, known), $"{row.Name}, z ~ q(z|x).");
        report.Figure($"information-{known[^1]}-means", Map(row, known, [.. known.Select(Means)]), $"{row.Name}, posterior means.");
    }

    private static Figure Map(StudyRow row, string[] attributes, string[] series)
    {
        var dimensions = row.Curve(series[0]).X.Select(d => $"z{d}");
        var map = Heatmap.Of([.. series.Select(name => row.Curve(name).Y)], dimensions, attributes, unit: "nats");
        return Figure.Of(map with { CellFormat = ".2f" }).Height(120 + 50 * attributes.Length);
    }

    private static string Means(string attribute) => $"{attribute}, means";

    private static void RecordDimensions(Variant variant, string name, DimensionInformation information) => variant.Record(
        name, Enumerable.Range(0, information.Dimensions.Count).Select(d => (double)d), information.Dimensions.Select(each => each.Value));
}
