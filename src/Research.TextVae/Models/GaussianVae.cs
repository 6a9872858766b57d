using System.Text.Json.Serialization;
using Research.TextVae.Models.Layers;
using Research.TextVae.Support;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Research.TextVae.Models;

/// <summary>A VAE of vectors, p(x|z) = N(x; f(z), s² I) (Kingma and Welling 2014, appendix C.2, with a fixed variance).</summary>
public sealed class GaussianVae : Vae<VectorBatch>
{
    private static readonly double Log2Pi = Math.Log(2 * Math.PI);

    private readonly GaussianVaeConfig _config;
    private readonly int _inputs;
    private readonly Sequential encoder;
    private readonly Sequential decoder;

    /// <param name="config">Its sizes.</param>
    /// <param name="inputs">Width of the vectors.</param>
    public GaussianVae(GaussianVaeConfig config, int inputs)
        : base(nameof(GaussianVae), (config ?? throw new ArgumentNullException(nameof(config))).LatentSize)
    {
        _config = config;
        _inputs = inputs;
        encoder = DenseLayers.Build([inputs, .. config.HiddenSizes, 2 * config.LatentSize], activate: true, activateLast: false);
        decoder = DenseLayers.Build([config.LatentSize, .. config.HiddenSizes.Reverse(), inputs], activate: true, activateLast: false);
        RegisterComponents();
        this.KeepTensors();
    }

    /// <inheritdoc/>
    public override IEnumerable<Parameter> EncoderParameters() => encoder.parameters();

    /// <inheritdoc/>
    public override DiagonalGaussian Encode(VectorBatch batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        return Encode(batch.Values);
    }

    /// <summary>q(z|x) of x [batch, inputs].</summary>
    public DiagonalGaussian Encode(Tensor x)
    {
        var halves = encoder.call(x).chunk(2, dim: 1);
        return new DiagonalGaussian(halves[0], halves[1]);
    }

    /// <summary>The mean of p(x|z); z [batch, latent] gives [batch, inputs].</summary>
    public Tensor Decode(Tensor z) => decoder.call(z);

    /// <summary>−log p(x|z) in nats; a vector counts as one event.</summary>
    /// <param name="batch">The vectors x.</param>
    /// <param name="z">[batch, latent].</param>
    // −log N(x; f(z), s² I) = |x − f(z)|² / 2s² + inputs (log s + ½ log 2π)
    public override TokenLosses NegativeLogLikelihood(VectorBatch batch, Tensor z)
    {
        ArgumentNullException.ThrowIfNull(batch);
        var variance = _config.Deviation * _config.Deviation;
        var losses = (batch.Values - Decode(z)).pow(2).sum(1, keepdim: true) / (2 * variance)
            + _inputs * (Math.Log(_config.Deviation) + 0.5 * Log2Pi);
        var total = batch.Weights is { } weights ? (losses.squeeze(1) * weights).sum() : losses.sum();
        return new TokenLosses(total, losses.detach());
    }
}

/// <summary>A VAE of vectors with a Gaussian likelihood of fixed variance, which is squared error plus KL.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record GaussianVaeConfig : ModelConfig
{
    /// <summary>Widths of the encoder's ReLU layers; the decoder has the same in reverse. None for a linear model.</summary>
    public IReadOnlyList<int> HiddenSizes { get; init => field = Require.Widths(0, value); } = [32];

    /// <summary>Size of the latent code z.</summary>
    public int LatentSize { get; init => field = Require.AtLeast(1, value); } = 8;

    /// <summary>Standard deviation of x given z. In "MSE + β KL" it is β = 2 s² / inputs.</summary>
    public double Deviation { get; init => field = Require.Above(0.0, value); } = 0.1;

    /// <inheritdoc/>
    public override GaussianVae Build(int size) => new(this, size);
}
