using System.Text.Json.Serialization;
using Research.TextVae.Evaluation;

namespace Research.TextVae.Training;

/// <summary>One line of a run's <c>metrics.jsonl</c>. All losses are nats a sentence.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "kind", UnknownDerivedTypeHandling = JsonUnknownDerivedTypeHandling.FallBackToBaseType)]
[JsonDerivedType(typeof(TrainRecord), "train")]
[JsonDerivedType(typeof(ValidationRecord), "validation")]
[JsonDerivedType(typeof(FinalRecord), "final")]
public abstract record MetricsRecord
{
    /// <summary>Optimizer steps made so far.</summary>
    public required long Step { get; init; }

    /// <summary>The epoch the step belongs to, from 1.</summary>
    public required int Epoch { get; init; }

    /// <summary>When the line was written.</summary>
    public required DateTimeOffset Time { get; init; }
}

/// <summary>Means over the training steps since the record before.</summary>
public sealed record TrainRecord : MetricsRecord
{
    /// <summary>What was minimised: reconstruction + KL weight × KL, with any remedy applied.</summary>
    public required double Loss { get; init; }

    /// <summary>−log p(x|z).</summary>
    public required double Reconstruction { get; init; }

    /// <summary>KL(q(z|x) ‖ p(z)), unweighted; absent for a model without a code.</summary>
    public double? Kl { get; init; }

    /// <summary>The KL weight β at this step.</summary>
    public double? KlWeight { get; init; }

    /// <summary>The optimizer's step size.</summary>
    public required double LearningRate { get; init; }

    /// <summary>Mean norm of the gradient before clipping.</summary>
    public required double GradientNorm { get; init; }

    /// <summary>Predicted tokens a second.</summary>
    public required double TokensPerSecond { get; init; }
}

/// <summary>The model on the validation sentences after an epoch; definitions as in <see cref="Evaluation.ElboEvaluation"/>. What concerns a code is absent for a model without one, whose reconstruction is −log p(x).</summary>
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
