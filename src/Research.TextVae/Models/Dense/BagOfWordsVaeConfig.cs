using System.Text.Json.Serialization;

namespace Research.TextVae.Models;

/// <summary>A VAE of bags of words, the neural variational document model of Miao et al. 2016.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record BagOfWordsVaeConfig : DenseConfig
{
    /// <summary>Width of the encoder's layer.</summary>
    public int HiddenSize { get; init => field = Require.AtLeast(1, value); } = 256;

    /// <summary>Size of the latent code z.</summary>
    public int LatentSize { get; init => field = Require.AtLeast(1, value); } = 32;

    /// <summary>Width of the decoder's ReLU layer; 0 for none, as in the paper.</summary>
    public int DecoderHiddenSize { get; init => field = Require.AtLeast(0, value); } = 256;

    /// <summary>γ of a batch normalisation of the posterior means (BN-VAE, see <see cref="PosteriorHead"/>); none when absent.</summary>
    public double? PosteriorBatchNormScale { get; init => field = value is null ? null : Require.Above(0, value.Value); }

    /// <inheritdoc/>
    public override BagOfWordsVae Build(int inputs) => new(this, inputs);
}
