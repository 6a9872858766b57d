namespace Research.TextVae.Training;

/// <summary>A model on its validation examples; nats an example. What concerns a code is absent for a model without one.</summary>
/// <param name="Objective">What early stopping and learning-rate decay go by.</param>
/// <param name="Reconstruction">−log p(x|z), or −log p(x).</param>
/// <param name="Perplexity">exp(−ELBO / predicted tokens), or exp(NLL / predicted tokens).</param>
public sealed record ValidationMeasures(double Objective, double Reconstruction, double Perplexity)
{
    /// <summary>KL(q(z|x) ‖ p(z)).</summary>
    public double? Kl { get; init; }

    /// <summary>I(x; z) under q, aggregate over the whole set.</summary>
    public double? MutualInformation { get; init; }

    /// <summary>The same within batches.</summary>
    public double? BatchMutualInformation { get; init; }

    /// <summary>Dimensions the encoder uses.</summary>
    public int? ActiveUnits { get; init; }
}
