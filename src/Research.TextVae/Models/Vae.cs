using Research.TextVae.Support;
using Research.TextVae.Text;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Research.TextVae.Models;

/// <summary>
/// A variational autoencoder of examples of any kind: an encoder q(z|x), a prior p(z) and a decoder p(x|z) (Kingma and Welling 2014).
/// A model gives these parts; the ELBO, the training, the evaluation and the estimates of the likelihood are the same for all.
/// </summary>
/// <typeparam name="TBatch">A batch of examples: <see cref="TextBatch"/>, <see cref="BagOfWords"/> or
/// <see cref="VectorBatch"/>.</typeparam>
/// <param name="name">Name of the module.</param>
/// <param name="latentSize">Size of z.</param>
[TypeFormatterSource(typeof(DescriptionFormatters), PreferredMimeTypes = [DescriptionFormatters.Html])]
public abstract class Vae<TBatch>(string name, int latentSize) : nn.Module(name), IDescribed
    where TBatch : IBatch<TBatch>
{
    /// <summary>Size of z.</summary>
    public int LatentSize { get; } = latentSize;

    /// <summary>The device the weights are on.</summary>
    public Device Device => parameters().First().device;

    Description IDescribed.Describe() => ModelParts.Describe(this, ("latent dimensions", $"{LatentSize}"));

    /// <summary>The weights that q(z|x) alone depends on; a table shared with the decoder counts as the decoder's.</summary>
    public abstract IEnumerable<Parameter> EncoderParameters();

    /// <summary>q(z|x), with mean and log variance [batch, latent].</summary>
    /// <param name="batch">The examples x.</param>
    public abstract DiagonalGaussian Encode(TBatch batch);

    /// <summary>−log p(x|z); of a text with the true tokens as history (teacher forcing).</summary>
    /// <param name="batch">The examples x.</param>
    /// <param name="z">[batch, latent].</param>
    public abstract TokenLosses NegativeLogLikelihood(TBatch batch, Tensor z);

    /// <summary>p(z|c) of examples whose labels the model is conditioned on; null where the prior is N(0, I).</summary>
    /// <param name="batch">The examples.</param>
    public virtual DiagonalGaussian? Prior(TBatch batch) => null;

    /// <summary>KL(q(z|x) ‖ p(z)) of each dimension in nats; [batch, latent].</summary>
    /// <param name="batch">The examples x.</param>
    /// <param name="posterior">q(z|x), as <see cref="Encode"/> gives it.</param>
    public Tensor Kl(TBatch batch, DiagonalGaussian posterior)
    {
        ArgumentNullException.ThrowIfNull(posterior);
        return Prior(batch) is { } prior ? posterior.KlFrom(prior) : posterior.KlFromPrior();
    }

    /// <summary>The terms of the negative ELBO with one sample of z per example (Kingma and Welling 2014, equation 10).</summary>
    /// <param name="batch">The examples x.</param>
    /// <param name="noise">ε [batch, latent]; drawn from LibTorch's default generator when absent.</param>
    // −ELBO = E_q(z|x)[ −log p(x|z) ] + KL( q(z|x) ‖ p(z) )
    public ElboTerms Elbo(TBatch batch, Tensor? noise = null)
    {
        ArgumentNullException.ThrowIfNull(batch);
        var posterior = Encode(batch);
        var z = posterior.Sample(noise ?? randn_like(posterior.Mean));
        var kl = Kl(batch, posterior);
        return new ElboTerms(NegativeLogLikelihood(batch, z), posterior, kl, z);
    }

    /// <summary>
    /// Gives the decoder the weights of a newly built model, after the encoder has been trained as an autoencoder's (Li et al. 2019,
    /// section 3).
    /// </summary>
    /// <param name="fresh">A model built from the same configuration.</param>
    /// <exception cref="ArgumentException">It is built from another.</exception>
    public void ResetDecoder(Vae<TBatch> fresh)
    {
        ArgumentNullException.ThrowIfNull(fresh);
        DecoderReset.Apply(this, EncoderParameters(), fresh);
    }
}

/// <summary>The two terms of the negative ELBO of a batch, kept apart, in nats.</summary>
/// <param name="Reconstruction">−log p(x|z) for one z ~ q(z|x) per example.</param>
/// <param name="Posterior">q(z|x).</param>
/// <param name="Kl">KL(q(z|x) ‖ p(z)) of each dimension; [batch, latent], with gradient.</param>
/// <param name="Z">The sample that was decoded; [batch, latent].</param>
public sealed record ElboTerms(TokenLosses Reconstruction, DiagonalGaussian Posterior, Tensor Kl, Tensor Z)
{
    /// <summary>Number of examples in the batch.</summary>
    public long Size => Kl.shape[0];
}

/// <summary>New weights for all of a VAE but its encoder, after that has been trained as an autoencoder's (Li et al. 2019, section
/// 3).</summary>
internal static class DecoderReset
{
    /// <exception cref="ArgumentException">The models have different weights.</exception>
    public static void Apply(nn.Module model, IEnumerable<Parameter> encoder, nn.Module fresh)
    {
        using var _ = no_grad();
        var kept = encoder.Select(parameter => parameter.Handle).ToHashSet();
        foreach (var ((name, parameter), (other, replacement)) in model.named_parameters().Zip(fresh.named_parameters()))
        {
            if (name != other)
                throw new ArgumentException($"The models differ: {name} and {other}.", nameof(fresh));
            if (!kept.Contains(parameter.Handle))
                parameter.copy_(replacement);
        }
    }
}
