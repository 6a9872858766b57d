namespace Research.TextVae.Training;

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
