using Research.TextVae.Evaluation;
using Research.TextVae.Reports;

namespace Research.TextVae.Experiments;

/// <summary>The disentanglement of codes and the parts of their KL term among the results of a variant.</summary>
public static class RecordedDisentanglement
{
    /// <summary>I(x; z), the first part of the KL term, in nats.</summary>
    public static Metric IndexCode { get; } = new("index-code MI");

    /// <summary>KL(q(z) ‖ Πⱼ q(zⱼ)), the second part, in nats.</summary>
    public static Metric TotalCorrelation { get; } = new("TC");

    /// <summary>Σⱼ KL(q(zⱼ) ‖ p(zⱼ)), the third part, in nats.</summary>
    public static Metric DimensionWise { get; } = new("dim.-wise KL");

    /// <summary>The mutual information gap of z ~ q(z|x).</summary>
    public static Metric Mig { get; } = new("MIG", "0.000", Best.Highest);

    /// <summary>DCI's disentanglement of z ~ q(z|x).</summary>
    public static Metric Disentangled { get; } = new("D", "0.000", Best.Highest);

    /// <summary>DCI's completeness of z ~ q(z|x).</summary>
    public static Metric Complete { get; } = new("C", "0.000", Best.Highest);

    /// <summary>DCI's informativeness of z ~ q(z|x): the mean accuracy of its classifiers.</summary>
    public static Metric Informative { get; } = new("I", "0.0%", Best.Highest);

    /// <summary>A metric of the codes turned at random, what axes without a meaning have.</summary>
    public static Metric Rotated(Metric metric)
    {
        ArgumentNullException.ThrowIfNull(metric);
        return new($"{metric.Name}, rotated", metric.Format);
    }

    /// <summary>All these metrics.</summary>
    public static IReadOnlyList<Metric> Metrics =>
    [
        IndexCode, TotalCorrelation, DimensionWise, Mig, Rotated(Mig), Disentangled, Rotated(Disentangled), Complete, Rotated(Complete),
        Informative,
    ];

    /// <summary>Records the parts of the KL term.</summary>
    /// <param name="variant">The variant.</param>
    /// <param name="parts">The parts.</param>
    public static void Record(this Variant variant, KlDecomposition parts)
    {
        ArgumentNullException.ThrowIfNull(variant);
        ArgumentNullException.ThrowIfNull(parts);
        variant.Record((IndexCode, parts.IndexCode), (TotalCorrelation, parts.TotalCorrelation), (DimensionWise, parts.DimensionWise));
    }

    /// <summary>Records the disentanglement of codes, as they are and turned.</summary>
    /// <param name="variant">The variant.</param>
    /// <param name="asTheyAre">Of the codes.</param>
    /// <param name="turned">Of the codes turned at random.</param>
    public static void Record(this Variant variant, Disentanglement asTheyAre, Disentanglement turned)
    {
        ArgumentNullException.ThrowIfNull(variant);
        ArgumentNullException.ThrowIfNull(asTheyAre);
        ArgumentNullException.ThrowIfNull(turned);
        variant.Record((Mig, asTheyAre.Mig), (Rotated(Mig), turned.Mig), (Informative, asTheyAre.Dci.Informativeness));
        variant.Record((Disentangled, asTheyAre.Dci.Disentanglement), (Rotated(Disentangled), turned.Dci.Disentanglement));
        variant.Record((Complete, asTheyAre.Dci.Completeness), (Rotated(Complete), turned.Dci.Completeness));
    }
}
