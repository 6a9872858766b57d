namespace Research.TextVae.Evaluation;

/// <summary>−log p(x) of examples, estimated by the weights of random draws.</summary>
/// <param name="PerSentence">The estimate for each example, in nats, in the set's order.</param>
/// <param name="Tokens">Predicted tokens of all examples.</param>
public abstract record EstimatedNll(IReadOnlyList<double> PerSentence, long Tokens)
{
    /// <summary>Standard error of each example's estimate by the noise of its draws, by the delta method, in nats.</summary>
    public IReadOnlyList<double> MonteCarloErrors { get; init; } = [];

    /// <summary>Nats per example.</summary>
    public double Mean => PerSentence.Average();

    /// <summary>
    /// Standard error of <see cref="Mean"/> as that of the examples' source: how much it varies with the examples and with their draws.
    /// </summary>
    // Var = (1/N²) Σ_i (ℓ_i − ℓ̄)²: the noise of the draws is already in the spread of the ℓ_i over examples.
    public double StandardError => Statistics.StandardError(PerSentence);

    /// <summary>Standard error of <see cref="Mean"/> for these very examples, by the noise of the draws alone.</summary>
    public double MonteCarloError => Math.Sqrt(MonteCarloErrors.Sum(error => error * error)) / PerSentence.Count;

    /// <summary>exp(Σ NLL / Σ predicted tokens).</summary>
    public double Perplexity => Math.Exp(PerSentence.Sum() / Tokens);
}
