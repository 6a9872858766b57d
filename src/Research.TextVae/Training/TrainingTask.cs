using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Research.TextVae.Training;

/// <summary>What a <see cref="Trainer"/> trains: a model, its batches in a fixed order, the loss of a batch, and what the model is judged by.</summary>
public abstract class TrainingTask
{
    /// <summary>The model; its weights are already drawn.</summary>
    public abstract nn.Module Model { get; }

    /// <summary>Batches of an epoch, counted from 0.</summary>
    public abstract int BatchesPerEpoch(int epoch);

    /// <summary>The loss of a batch. The same epoch and batch give the same examples whenever they are asked for.</summary>
    /// <param name="epoch">The epoch, from 0.</param>
    /// <param name="batch">The batch of that epoch, from 0.</param>
    /// <param name="progress">Epochs trained so far, with the fraction of the current one: what schedules go by.</param>
    public abstract BatchLoss Loss(int epoch, int batch, double progress);

    /// <summary>Is called when the gradients of a step are complete, before they are clipped and used.</summary>
    public virtual void GradientsReady()
    {
    }

    /// <summary>The weights of the inference network, for <see cref="AggressiveTraining"/>; none for a model without one.</summary>
    public virtual IReadOnlyList<Parameter> InferenceParameters { get; init; } = [];

    /// <summary>Measures the model on the validation examples, dropout off.</summary>
    public abstract ValidationMeasures Validate();
}

/// <summary>The loss of a batch and its terms, in nats an example.</summary>
/// <param name="Loss">What is minimised: a scalar with gradient.</param>
/// <param name="Reconstruction">−log p(x|z), or −log p(x) of a model without a code; a scalar.</param>
/// <param name="Tokens">Predicted tokens of the batch.</param>
public sealed record BatchLoss(Tensor Loss, Tensor Reconstruction, long Tokens)
{
    /// <summary>KL(q(z|x) ‖ p(z)), unweighted; none for a model without a code.</summary>
    public Tensor? Kl { get; init; }

    /// <summary>The weight of the KL term in the loss, where there is one.</summary>
    public double? KlWeight { get; init; }
}

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
