using Research.TextVae.Support;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Research.TextVae.Models;

/// <summary>
/// A variational autoencoder for sentences: an encoder q(z|x), a standard normal prior p(z), an autoregressive
/// decoder p(x|z) = Πₜ p(xₜ | x₍&lt;t₎, z). Every family gives these parts; the ELBO is the same for all.
/// </summary>
public abstract class TextVaeModel(string name, int vocabulary, int latent) : AutoregressiveModel(name, vocabulary)
{
    /// <summary>Size of z.</summary>
    public int LatentSize { get; } = latent;

    /// <summary>The weights that q(z|x) alone depends on; a table shared with the decoder counts as the decoder's.</summary>
    public abstract IEnumerable<Parameter> EncoderParameters();

    /// <summary>q(z|x).</summary>
    public abstract DiagonalGaussian Encode(TextBatch batch);

    /// <summary>p(z|c) of sentences whose labels the model is conditioned on; null where the prior is N(0, I).</summary>
    public virtual DiagonalGaussian? Prior(TextBatch batch) => null;

    /// <summary>−log p(x|z) with the true words as history (teacher forcing).</summary>
    /// <param name="z">[batch, latent].</param>
    /// <param name="batch">The sentences x.</param>
    public abstract TokenLosses NegativeLogLikelihood(Tensor z, TextBatch batch);

    /// <summary>The state before the first token.</summary>
    /// <param name="z">[batch, latent].</param>
    public abstract DecoderState StartDecoding(Tensor z);

    /// <summary>
    /// Gives the decoder the weights of a newly built model, after the encoder has been trained as an autoencoder's (Li et al. 2019,
    /// section 3).
    /// </summary>
    /// <param name="fresh">A model built from the same configuration.</param>
    public void ResetDecoder(TextVaeModel fresh)
    {
        ArgumentNullException.ThrowIfNull(fresh);
        DecoderReset.Apply(this, EncoderParameters(), fresh);
    }

    /// <summary>The terms of the negative ELBO with one draw of z a sentence (Kingma and Welling 2014, equation 10).</summary>
    /// <param name="batch">The sentences x.</param>
    /// <param name="noise">ε [batch, latent]; drawn from LibTorch's default generator when absent.</param>
    // −ELBO = E_q(z|x)[ −log p(x|z) ] + KL( q(z|x) ‖ p(z) )
    public ElboTerms Elbo(TextBatch batch, Tensor? noise = null)
    {
        ArgumentNullException.ThrowIfNull(batch);
        var posterior = Encode(batch);
        var z = posterior.Sample(noise ?? randn_like(posterior.Mean));
        var kl = Prior(batch) is { } prior ? posterior.KlFrom(prior) : posterior.KlFromPrior();
        return new ElboTerms(NegativeLogLikelihood(z, batch), posterior, kl, z);
    }
}

/// <summary>What all variational autoencoders for text have in common.</summary>
public abstract record TextVaeConfig : ModelConfig
{
    /// <summary>Size of the latent code z.</summary>
    public int LatentSize { get; init => field = Require.AtLeast(1, value); } = 32;

    /// <summary>Share of the decoder's input words replaced by <c>&lt;unk&gt;</c> in training (Bowman et al. 2016, section 3.1).</summary>
    public double WordDropout { get; init => field = Require.Within(0.0, 1.0, value); }

    /// <summary>Share of the encoder's input words replaced by <c>&lt;unk&gt;</c> in training: the denoising form (Shen et al. 2020).</summary>
    public double EncoderWordDropout { get; init => field = Require.Within(0.0, 1.0, value); }

    /// <summary>γ of a batch normalisation of the posterior means (BN-VAE, see <see cref="PosteriorHead"/>); none when absent.</summary>
    public double? PosteriorBatchNormScale { get; init => field = value is null ? null : Require.Above(0, value.Value); }

    /// <inheritdoc/>
    public abstract override TextVaeModel Build(int vocabulary);
}

/// <summary>New weights for all of a VAE but its encoder, after that has been trained as an autoencoder's (Li et al. 2019, section 3).</summary>
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
