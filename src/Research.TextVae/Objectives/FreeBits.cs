using System.Text.Json.Serialization;
using TorchSharp;
using static TorchSharp.torch;

namespace Research.TextVae.Objectives;

/// <summary>A share of the KL term that costs nothing, so that there is no gain in giving up a code that tells less than it (Kingma et al. 2016).</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record FreeBits
{
    /// <summary>λ in nats: of each dimension, or of the whole code in the form <see cref="FreeBitsForm.PerSentence"/>.</summary>
    public double Nats { get; init => field = Require.AtLeast(0, value); } = 0.25;

    public FreeBitsForm Form { get; init; }

    /// <summary>The KL term with its free share held, summed over the batch.</summary>
    /// <param name="kl">KL of each dimension in nats; [batch, latent].</param>
    /// <returns>A scalar; at least λ a sentence and dimension (or sentence), where its gradient is zero.</returns>
    public Tensor Apply(Tensor kl)
    {
        ArgumentNullException.ThrowIfNull(kl);
        return Form switch
        {
            FreeBitsForm.PerDimension => kl.mean([0]).clamp_min(Nats).sum() * kl.shape[0],
            FreeBitsForm.PerSentence => kl.sum(1).clamp_min(Nats).sum(),
            _ => kl.clamp_min(Nats).sum(),
        };
    }
}
