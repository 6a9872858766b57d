using Research.TextVae.Support;
using Research.TextVae.Text;
using static TorchSharp.torch;

namespace Research.TextVae.Models;

/// <summary>A variational autoencoder of texts, with an autoregressive decoder p(x|z) = Πₜ p(xₜ | x₍&lt;t₎, z).</summary>
/// <param name="name">Name of the module.</param>
/// <param name="vocabulary">Number of tokens in the vocabulary, the special ones included.</param>
/// <param name="latentSize">Size of z.</param>
public abstract class TextVaeModel(string name, int vocabulary, int latentSize) : Vae<TextBatch>(name, latentSize), IAutoregressiveModel
{
    /// <inheritdoc/>
    public int VocabularySize { get; } = vocabulary;

    /// <summary>What the decoder is given for a batch: z itself, and with it whatever else the model is conditioned on.</summary>
    /// <param name="z">[batch, latent].</param>
    /// <param name="batch">The examples; of them only what the model is conditioned on counts, such as their classes.</param>
    /// <returns>[batch, code], as <see cref="StartDecoding"/> takes it.</returns>
    public virtual Tensor Condition(Tensor z, TextBatch batch) => z;

    /// <summary>The decoder's state before the first token.</summary>
    /// <param name="z">[batch, latent], or what <see cref="Condition"/> makes of it where the model is conditioned on more.</param>
    public abstract DecoderState StartDecoding(Tensor z);

    /// <inheritdoc/>
    public abstract (Tensor Logits, DecoderState State) DecodeStep(Tensor tokens, DecoderState state);

    /// <inheritdoc/>
    public virtual DecodingSession StartSession(DecoderState state) => new StepwiseSession(this, state);
}

/// <summary>The configuration that all variational autoencoders of text have in common.</summary>
public abstract record TextVaeConfig : ModelConfig
{
    /// <summary>Size of the latent code z.</summary>
    public int LatentSize { get; init => field = Require.AtLeast(1, value); } = 32;

    /// <summary>Fraction of the decoder's input words replaced by <c>&lt;unk&gt;</c> in training (Bowman et al. 2016, section
    /// 3.1).</summary>
    public double WordDropout { get; init => field = Require.Within(0.0, 1.0, value); }

    /// <summary>Fraction of the encoder's input words replaced by <c>&lt;unk&gt;</c> in training: the denoising criterion (Im et al. 2017)
    /// with the masking noise of Vincent et al. 2008.</summary>
    public double EncoderWordDropout { get; init => field = Require.Within(0.0, 1.0, value); }

    /// <summary>γ of a batch normalisation of the posterior means (BN-VAE, see <see cref="PosteriorHead"/>); none when absent.</summary>
    public double? PosteriorBatchNormScale { get; init => field = value is null ? null : Require.Above(0, value.Value); }

    /// <inheritdoc/>
    public abstract override TextVaeModel Build(int size);
}
