using System.Text.Json.Serialization;
using Research.TextVae.Evaluation;

namespace Research.TextVae.Training;

/// <summary>One line of a run's <c>metrics.jsonl</c>. All losses are in nats per example.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "kind", UnknownDerivedTypeHandling = JsonUnknownDerivedTypeHandling.FallBackToBaseType)]
[JsonDerivedType(typeof(TrainRecord), "train")]
[JsonDerivedType(typeof(EpochRecord), "validation")]
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

    /// <summary>KL(q(z|x) ‖ p(z)), unweighted; absent for a model without a latent code.</summary>
    public double? Kl { get; init; }

    /// <summary>The KL weight β at this step.</summary>
    public double? KlWeight { get; init; }

    /// <summary>The optimizer's step size.</summary>
    public required double LearningRate { get; init; }

    /// <summary>Mean norm of the gradient before clipping.</summary>
    public required double GradientNorm { get; init; }

    /// <summary>Predicted tokens per second.</summary>
    public required double TokensPerSecond { get; init; }
}

/// <summary>The model on the validation examples after an epoch.</summary>
public sealed record EpochRecord : MetricsRecord
{
    /// <summary>Reconstruction + final KL weight × KL: what early stopping and learning-rate decay go by.</summary>
    public required double Objective { get; init; }

    /// <summary>What was measured; <see cref="VaeMetrics"/> of a VAE.</summary>
    public required LikelihoodMetrics Metrics { get; init; }

    /// <summary>Seconds of training, evaluation included, since it began (a resumed part counts on).</summary>
    public required double Seconds { get; init; }
}

/// <summary>What is measured of a VAE at the end, with the weights of the best validation objective.</summary>
public sealed record FinalRecord : MetricsRecord
{
    /// <summary>The sentences measured: <c>test</c>.</summary>
    public required string Split { get; init; }

    /// <summary>The ELBO and what the posterior does.</summary>
    public required VaeMetrics Metrics { get; init; }

    /// <summary>Importance-weighted −log p(x) per sentence, in nats.</summary>
    public required double IwNll { get; init; }

    /// <summary>Standard error of <see cref="IwNll"/> over sentences, the noise of the draws included; absent in records of earlier
    /// versions, as are the three that follow.</summary>
    public double? IwStandardError { get; init; }

    /// <summary>Standard error of <see cref="IwNll"/> for these very sentences, by the noise of the draws alone.</summary>
    public double? IwMonteCarloError { get; init; }

    /// <summary>Effective sample size of the estimate, the median over sentences.</summary>
    public double? IwEffectiveSamples { get; init; }

    /// <summary>Whether more samples would hardly lower the estimate.</summary>
    public bool? IwConverged { get; init; }

    /// <summary>exp(IW-NLL / predicted tokens), over the sentences of the estimate.</summary>
    public required double IwPerplexity { get; init; }

    /// <summary>Samples of z per sentence in the estimate.</summary>
    public required int IwSamples { get; init; }

    /// <summary>Number of sentences of the split that the importance-weighted estimate was made on.</summary>
    public required int IwSentences { get; init; }

    /// <summary>Corpus BLEU-4 of greedy reconstructions from the posterior mean, 0 to 100.</summary>
    public required double ReconstructionBleu { get; init; }

    /// <summary>Number of weights of the model.</summary>
    public required long Parameters { get; init; }

    /// <summary>Seconds of training and evaluation.</summary>
    public required double Seconds { get; init; }
}
