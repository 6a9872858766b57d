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
