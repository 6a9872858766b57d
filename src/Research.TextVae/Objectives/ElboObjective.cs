using Research.TextVae.Models;
using static TorchSharp.torch;

namespace Research.TextVae.Objectives;

/// <summary>The training loss: the negative ELBO with a scheduled weight on its KL term, averaged over sentences.</summary>
public sealed record ElboObjective
{
    /// <summary>The KL weight β over training.</summary>
    public KlSchedule KlWeight { get; init; } = new ConstantKl(1);

    /// <summary>The loss in nats a sentence: a scalar with gradient.</summary>
    /// <param name="terms">The ELBO's terms of a batch.</param>
    /// <param name="epoch">Epochs trained so far, with the fraction of the current one.</param>
    // L = (1/B) Σ_i [ −log p(x_i|z_i) + β(e) KL( q(z|x_i) ‖ p(z) ) ]
    public Tensor Loss(ElboTerms terms, double epoch)
    {
        ArgumentNullException.ThrowIfNull(terms);
        return (terms.Reconstruction.Total + terms.Kl.sum() * KlWeight.WeightAt(epoch)) / terms.Size;
    }
}
