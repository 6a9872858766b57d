using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Research.TextVae.Models;

/// <summary>
/// A plain autoencoder: ReLU layers to a code and back, a sigmoid at the end. It has no prior over its codes, so decoding
/// a random code need not give anything like the data.
/// </summary>
public sealed class DenseAutoencoder : nn.Module<Tensor, Tensor>
{
    private readonly DenseAutoencoderConfig config;
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
            throw new UserException("A linear autoencoder cannot minimise CrossEntropy, its outputs are no probabilities; use SquaredError or leave Linear out.");
        this.config = config;
        encoder = DenseLayers.Build([inputs, .. config.Encoder], !config.Linear, activateLast: true);
        decoder = DenseLayers.Build([config.Encoder[^1], .. config.Decoder, inputs], !config.Linear, activateLast: false);
        RegisterComponents();
        this.KeepTensors();
    }

    /// <summary>[batch, inputs] to codes [batch, code].</summary>
    public Tensor Encode(Tensor x) => encoder.call(x);

    /// <summary>Codes [batch, code] to [batch, inputs].</summary>
    public Tensor Decode(Tensor code) => config.Linear ? decoder.call(code) : decoder.call(code).sigmoid();

    /// <summary>The reconstruction of x; [batch, inputs].</summary>
    public override Tensor forward(Tensor x) => Decode(Encode(x));

    /// <summary>The mean of the reconstruction loss over all elements of x [batch, inputs]; a scalar with gradient.</summary>
    public Tensor Loss(Tensor x) => config.Loss switch
    {
        ReconstructionLoss.SquaredError => nn.functional.mse_loss(call(x), x),
        // From the logits, since log σ is −∞ in floats where σ rounds to 0.
        _ => nn.functional.binary_cross_entropy_with_logits(decoder.call(Encode(x)), x),
    };
}
