namespace Research.TextVae.Evaluation;

/// <summary>Scores per token of the sentences of a set, each of them high for what is to be strange.</summary>
/// <param name="Own">What the models of ordinary text find.</param>
/// <param name="Background">What the background models find, which are trained on noisy text (<see cref="Text.TokenNoise"/>).</param>
/// <param name="Entropy">The mean importance-weighted −log p per token of ordinary sentences that were not trained on.</param>
public sealed record AnomalyScores(SentenceScores Own, SentenceScores Background, double Entropy)
{
    private static readonly (string Name, Func<AnomalyScores, IReadOnlyList<double>> Of)[] All =
    [
        ("5-gram", at => at.Own.Mean(at.Own.NGram)),
        ("5-gram, ratio", at => at.Ratio(at.Own.NGram, at.Background.NGram)),
        ("5-gram, worst token", at => Worst(at.Own.NGramPerToken)),
        ("rec.", at => at.Own.Mean(at.Own.Reconstruction)),
        ("−ELBO", at => at.Own.Mean(at.Own.NegativeElbo)),
        ("IW-NLL", at => at.Own.Mean(at.Own.IwNll)),
        ("IW-NLL, ratio", at => at.Ratio(at.Own.IwNll, at.Background.IwNll)),
        ("typicality", at => at.Atypicality(at.Own.IwNll)),
        ("VAE, worst token", at => Worst(at.Own.PerToken)),
        ("IW-NLL + 5-gram", at => at.Own.Mean([.. at.Own.IwNll.Zip(at.Own.NGram, (vae, ngram) => vae + ngram)])),
    ];

    /// <summary>The scores' names.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. All.Select(score => score.Name)];

    /// <summary>A score of each sentence.</summary>
    /// <param name="name">One of <see cref="Names"/>.</param>
    public IReadOnlyList<double> this[string name] => All.Single(score => score.Name == name).Of(this);

    // The likelihood ratio: how much less likely the sentence is than the background, which knows the language as a whole and not this
    // kind of text, makes it (Ren et al. 2019, equation 4); [ −log p(x) + log p₀(x) ] / T
    private IReadOnlyList<double> Ratio(IReadOnlyList<double> nats, IReadOnlyList<double> background) =>
        Own.Mean([.. nats.Zip(background, (own, other) => own - other)]);

    // The distance from the typical set, whose sentences are neither less likely nor likelier than the entropy has it (Nalisnick et al.
    // 2019, equation 3, for a single sentence); | −log p(x) / T − Ĥ |
    private IReadOnlyList<double> Atypicality(IReadOnlyList<double> nats) =>
        [.. Own.Mean(nats).Select(perToken => Math.Abs(perToken - Entropy))];

    private static IReadOnlyList<double> Worst(IReadOnlyList<double[]> perToken) => [.. perToken.Select(nats => nats.Max())];
}
