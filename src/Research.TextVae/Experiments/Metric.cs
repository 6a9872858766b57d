using Research.TextVae.Reports;

namespace Research.TextVae.Experiments;

/// <summary>
/// A quantity that is recorded, shown in a column and claimed things about. Metrics are values, declared once: there is no name to
/// mistype.
/// </summary>
/// <param name="Name">Its name, with its unit where it has one.</param>
/// <param name="Format">.NET format of its numbers.</param>
/// <param name="Best">Which end of it is good.</param>
public sealed record Metric(string Name, string Format = "0.00", Best Best = Best.None)
{
    /// <summary>−log p(x|z), in nats per example.</summary>
    public static Metric Reconstruction { get; } = new("rec.", Best: Best.Lowest);

    /// <summary>KL(q(z|x) ‖ p(z)), in nats per example.</summary>
    public static Metric Kl { get; } = new("KL");

    /// <summary>−ELBO, in nats per example.</summary>
    public static Metric NegativeElbo { get; } = new("−ELBO", Best: Best.Lowest);

    /// <summary>Importance-weighted −log p(x), in nats per example.</summary>
    public static Metric IwNll { get; } = new("IW-NLL", Best: Best.Lowest);

    /// <summary>Perplexity per token by the importance-weighted estimate.</summary>
    public static Metric IwPerplexity { get; } = new("IW-PPL", "0.0", Best.Lowest);

    /// <summary>−log p(x), in nats per example.</summary>
    public static Metric Nll { get; } = new("NLL", Best: Best.Lowest);

    /// <summary>Perplexity per token.</summary>
    public static Metric Perplexity { get; } = new("PPL", "0.0", Best.Lowest);

    /// <summary>I(x; z) under q, in nats.</summary>
    public static Metric MutualInformation { get; } = new("MI", Best: Best.Highest);

    /// <summary>Active latent units.</summary>
    public static Metric ActiveUnits { get; } = new("AU", "0.#", Best.Highest);

    /// <summary>Corpus BLEU-4 of greedy reconstructions, 0 to 100.</summary>
    public static Metric ReconstructionBleu { get; } = new("BLEU", "0.0", Best.Highest);

    /// <summary>Seconds to train and measure; every study has this column.</summary>
    public static Metric Seconds { get; } = new("s", "0");

    /// <summary>The standard error of a metric; tables show it beside the metric where a variant has recorded it.</summary>
    public Metric StandardError => new($"{Name} s.e.", Format);

    /// <summary>The effective sample size of an importance-weighted metric; tables show it beside the metric.</summary>
    public Metric EffectiveSamples => new($"{Name} ESS", "0");

    /// <inheritdoc/>
    public override string ToString() => Name;
}
