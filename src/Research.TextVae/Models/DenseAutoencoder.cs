using System.Text.Json.Serialization;
using Research.TextVae.Models.Layers;
using Research.TextVae.Support;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Research.TextVae.Models;

/// <summary>
/// A plain autoencoder: ReLU layers to a code and back, a sigmoid at the end. It has no prior over its codes, so decoding
/// a random code need not give anything like the data. A code after ReLU is never negative, and units of it may be 0 for every example;
/// <see cref="DenseAutoencoderConfig.LinearCode"/> takes it from the layer as it is, as VAEs do with their means.
/// </summary>
public sealed class DenseAutoencoder : nn.Module<Tensor, Tensor>
{
    private readonly DenseAutoencoderConfig _config;
    private readonly Sequential encoder;
    private readonly Sequential decoder;

    /// <param name="config">Its layers and loss.</param>
    /// <param name="inputs">Width of the vectors.</param>
    /// <exception cref="UserException">A linear model is to minimise cross-entropy, which needs outputs within (0, 1).</exception>
    public DenseAutoencoder(DenseAutoencoderConfig config, int inputs)
        : base(nameof(DenseAutoencoder))
    {
        ArgumentNullException.ThrowIfNull(config);
        if (config is { Linear: true, Loss: ReconstructionLoss.CrossEntropy })
            throw new UserException(
                "A linear autoencoder cannot minimise CrossEntropy, its outputs are no probabilities; use SquaredError or leave "
                    + "Linear out.");
        _config = config;
        encoder = DenseLayers.Build([inputs, .. config.Encoder], !config.Linear, activateLast: !config.LinearCode);
        decoder = DenseLayers.Build([config.Encoder[^1], .. config.Decoder, inputs], !config.Linear, activateLast: false);
        RegisterComponents();
        this.KeepTensors();
    }

    /// <summary>[batch, inputs] to codes [batch, code].</summary>
    public Tensor Encode(Tensor x) => encoder.call(x);

    /// <summary>Codes [batch, code] to [batch, inputs].</summary>
    public Tensor Decode(Tensor code) => _config.Linear ? decoder.call(code) : decoder.call(code).sigmoid();

    /// <summary>The reconstruction of x; [batch, inputs].</summary>
    public override Tensor forward(Tensor x) => Decode(Encode(x));

    /// <summary>The mean of the reconstruction loss over all elements of x [batch, inputs]; a scalar with gradient.</summary>
    public Tensor Loss(Tensor x) => _config.Loss switch
    {
        ReconstructionLoss.SquaredError => nn.functional.mse_loss(call(x), x),
        // From the logits, since log σ is −∞ in floats where σ rounds to 0.
        _ => nn.functional.binary_cross_entropy_with_logits(decoder.call(Encode(x)), x),
    };
}

/// <summary>An autoencoder of fully connected layers; by default inputs → 32 → 32 → 32 → inputs, the second of them the code.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record DenseAutoencoderConfig : ModelConfig
{
    /// <summary>Widths of the encoder's layers; the last is that of the code.</summary>
    public IReadOnlyList<int> Encoder { get; init => field = Require.Widths(1, value); } = [32, 32];

    /// <summary>Widths of the decoder's layers before the output.</summary>
    public IReadOnlyList<int> Decoder { get; init => field = Require.Widths(0, value); } = [32];

    /// <summary>What is minimised.</summary>
    public ReconstructionLoss Loss { get; init; } = ReconstructionLoss.SquaredError;

    /// <summary>No ReLU on the code itself.</summary>
    public bool LinearCode { get; init; }

    /// <summary>No ReLU between the layers and no sigmoid at the end: the best such model is a principal component analysis.</summary>
    public bool Linear { get; init; }

    /// <inheritdoc/>
    public override DenseAutoencoder Build(int size) => new(this, size);
}

/// <summary>How far a reconstruction y is from its original x, as a mean over the elements.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<ReconstructionLoss>))]
public enum ReconstructionLoss
{
    /// <summary>(x − y)².</summary>
    SquaredError,

    /// <summary>−x log y − (1 − x) log(1 − y) in nats, for x within [0, 1].</summary>
    CrossEntropy,
}

/// <summary>Fully connected layers one after the other.</summary>
internal static class DenseLayers
{
    /// <param name="widths">Of the input and of each layer.</param>
    /// <param name="activate">Whether ReLU follows each layer.</param>
    /// <param name="activateLast">Whether it follows the last one too.</param>
    public static Sequential Build(IReadOnlyList<int> widths, bool activate, bool activateLast)
    {
        var layers = new List<Module<Tensor, Tensor>>();
        for (var i = 1; i < widths.Count; i++)
        {
            layers.Add(new LinearLayer(widths[i - 1], widths[i]));
            if (activate && (activateLast || i < widths.Count - 1))
                layers.Add(ReLU());
        }

        return Sequential(layers);
    }
}
