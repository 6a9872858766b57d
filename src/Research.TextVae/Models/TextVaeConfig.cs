namespace Research.TextVae.Models;

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
