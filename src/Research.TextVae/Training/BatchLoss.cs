using static TorchSharp.torch;

namespace Research.TextVae.Training;

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
