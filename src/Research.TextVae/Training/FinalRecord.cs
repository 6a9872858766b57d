namespace Research.TextVae.Training;

/// <summary>What a run reports at its end, from the checkpoint with the best validation objective.</summary>
public sealed record FinalRecord : MetricsRecord
{
    /// <summary>The sentences measured: <c>test</c>.</summary>
    public required string Split { get; init; }

    public required double Reconstruction { get; init; }

    public required double Kl { get; init; }

    public required double NegativeElbo { get; init; }

    /// <summary>exp(−ELBO / predicted tokens), an upper bound of the perplexity.</summary>
    public required double Perplexity { get; init; }

    /// <summary>Mutual information I(x; z) under q, aggregate over the whole split.</summary>
    public required double MutualInformation { get; init; }

    /// <summary>The same with the aggregate over batches of 32, which cannot exceed ln 32.</summary>
    public required double BatchMutualInformation { get; init; }

    public required int ActiveUnits { get; init; }

    public required IReadOnlyList<double> KlPerDimension { get; init; }

    /// <summary>Importance-weighted −log p(x) a sentence.</summary>
    public required double IwNll { get; init; }

    /// <summary>exp(IW-NLL / predicted tokens), over the sentences of the estimate.</summary>
    public required double IwPerplexity { get; init; }

    /// <summary>Samples of z a sentence in the estimate.</summary>
    public required int IwSamples { get; init; }

    /// <summary>Sentences of the split the importance-weighted estimate was made on.</summary>
    public required int IwSentences { get; init; }

    /// <summary>Corpus BLEU-4 of greedy reconstructions from the posterior mean, 0 to 100.</summary>
    public required double ReconstructionBleu { get; init; }

    /// <summary>Weights of the model.</summary>
    public required long Parameters { get; init; }

    /// <summary>Seconds the member took: training and evaluation.</summary>
    public required double Seconds { get; init; }
}
