namespace Research.TextVae.Training;

/// <summary>The model on the validation sentences after an epoch; definitions as in <see cref="Diagnostics.ElboEvaluation"/>. What concerns a code is absent for a model without one, whose reconstruction is −log p(x).</summary>
public sealed record ValidationRecord : MetricsRecord
{
    /// <summary>Reconstruction + final KL weight × KL: what early stopping and learning-rate decay go by.</summary>
    public required double Objective { get; init; }

    public required double Reconstruction { get; init; }

    public double? Kl { get; init; }

    public required double NegativeElbo { get; init; }

    public required double Perplexity { get; init; }

    public double? MutualInformation { get; init; }

    public double? BatchMutualInformation { get; init; }

    public int? ActiveUnits { get; init; }

    /// <summary>Seconds of training, evaluation included, since the member began (a resumed part counts on).</summary>
    public required double Seconds { get; init; }
}
