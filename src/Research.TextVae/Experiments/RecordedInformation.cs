using Research.TextVae.Charts;
using Research.TextVae.Evaluation;
using Research.TextVae.Generation;
using Research.TextVae.Reports;
using TorchSharp;

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

    /// <summary>All that a linear probe of z ~ q(z|x) tells of an attribute, in nats: at most I(z; attribute).</summary>
    public static Metric LinearInformation(string attribute) => new($"I({attribute}), linear probe", "0.000");

    /// <summary>The same of a perceptron.</summary>
    public static Metric MlpInformation(string attribute) => new($"I({attribute}), MLP", "0.000");

    /// <summary>Share of the commonest class of an attribute.</summary>
    public static Metric Majority(string attribute) => new($"majority({attribute})", "0.0%");

    /// <summary>Accuracy of a linear probe of z ~ q(z|x).</summary>
    public static Metric LinearAccuracy(string attribute) => new($"linear probe({attribute})", "0.0%");

    /// <summary>Accuracy of a perceptron on z ~ q(z|x).</summary>
    public static Metric MlpAccuracy(string attribute) => new($"MLP({attribute})", "0.0%");

    /// <summary>Accuracy of a perceptron on the posterior means.</summary>
    public static Metric MeanAccuracy(string attribute) => new($"MLP({attribute}), mean", "0.0%");

    /// <summary>Estimates the information of each dimension about an attribute, cross-validates probes of whole codes (a linear one and a
    /// perceptron on z ~ q(z|x), a perceptron on the posterior means), and records both.</summary>
    /// <param name="variant">The variant; its seed is that of the shuffles and of the probes.</param>
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
        RecordProbes(variant, attribute, classes, codes, options.ProbeSteps);
        return seen;
    }

    /// <summary>Adds a table of what dimensions and probes of whole codes tell, a row for each attribute that a variant has
    /// recorded.</summary>
    /// <param name="report">The report.</param>
    /// <param name="attributes">The attributes.</param>
    public static StudyReport AttributeTable(this StudyReport report, IReadOnlyList<string> attributes)
    {
        ArgumentNullException.ThrowIfNull(report);
        var recorded = report.Results.Rows.SelectMany(row => attributes.Where(attribute => row.Find(Majority(attribute)) is not null)
            .Select(attribute => (Row: row, Attribute: attribute)));
        var table = ReportTable.Of(recorded).Text("variant", at => at.Row.Name).Text("attribute", at => at.Attribute)
            .Number("H", at => at.Row.Find(Entropy(at.Attribute)))
            .Number("I, best dimension", at => at.Row.Find(Information(at.Attribute)))
            .Number("its chance", at => at.Row.Find(Chance(at.Attribute)))
            .Number("I, linear", at => at.Row.Find(LinearInformation(at.Attribute)))
            .Number("I, MLP", at => at.Row.Find(MlpInformation(at.Attribute)))
            .Number("majority", at => at.Row.Find(Majority(at.Attribute)), "0.0%")
            .Number("linear probe", at => at.Row.Find(LinearAccuracy(at.Attribute)), "0.0%")
            .Number("MLP", at => at.Row.Find(MlpAccuracy(at.Attribute)), "0.0%")
            .Number("MLP, means", at => at.Row.Find(MeanAccuracy(at.Attribute)), "0.0%");
        return report.Table(table, "I and H in nats. Probes are cross-validated on held-out sentences.");
    }

    /// <summary>Adds two heat maps of the information for each variant, attributes by dimensions: of z ~ q(z|x) and of the posterior
    /// means.</summary>
    /// <param name="report">The report.</param>
    /// <param name="attributes">The attributes; those that a variant has not recorded are left out.</param>
    public static StudyReport InformationMaps(this StudyReport report, IEnumerable<string> attributes)
    {
        ArgumentNullException.ThrowIfNull(report);
        foreach (var (row, i) in report.Results.Rows.Select((row, i) => (row, i)))
        {
            string[] known = [.. attributes.Where(row.First.Series.ContainsKey)];
            report.Figure($"information-{i + 1}", Map(row, known, known), $"{row.Name}, z ~ q(z|x).");
            report.Figure($"information-{i + 1}-means", Map(row, known, [.. known.Select(Means)]), $"{row.Name}, posterior means.");
        }

        return report;
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

    private static void RecordProbes(Variant variant, string attribute, IReadOnlyList<int> classes, LatentCodes codes, int steps)
    {
        CodeProbe Probe(torch.Tensor of, ProbeOptions options) =>
            CodeProbe.CrossValidate(of, classes, options with { Steps = steps }, variant.Seed);
        var (linear, mlp) = (Probe(codes.Samples, ProbeOptions.Linear), Probe(codes.Samples, ProbeOptions.Mlp));
        variant.Record((Majority(attribute), linear.Majority), (MeanAccuracy(attribute), Probe(codes.Means, ProbeOptions.Mlp).Accuracy));
        variant.Record((LinearAccuracy(attribute), linear.Accuracy), (LinearAccuracy(attribute).StandardError, linear.StandardError));
        variant.Record((MlpAccuracy(attribute), mlp.Accuracy), (MlpAccuracy(attribute).StandardError, mlp.StandardError));
        variant.Record((LinearInformation(attribute), linear.Information), (MlpInformation(attribute), mlp.Information));
    }
}
