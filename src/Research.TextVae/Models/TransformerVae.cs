using System.Text.Json.Serialization;
using Research.TextVae.Models.Layers;
using Research.TextVae.Support;
using Research.TextVae.Text;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Research.TextVae.Models;

/// <summary>
/// A bidirectional Transformer that encodes a sentence into z, and a causal one that writes it from z: each of its blocks can
/// attend to vectors made of z, and z is added to every input (Li et al. 2020, "Optimus", section 3.2: "memory" and "embedding").
/// </summary>
public sealed class TransformerVae : TextVaeModel, IConfigured
{
    private readonly TransformerVaeConfig _config;
    private readonly TokenEmbedding decoder_embedding;
    private readonly TokenEmbedding? encoder_embedding;
    private readonly TransformerStack encoder;
    private readonly PosteriorHead posterior;
    private readonly LinearLayer? latent_memory;
    private readonly LinearLayer? latent_embedding;
    private readonly TransformerStack decoder;
    private readonly OutputLayer output;
    private readonly TransformerDecoder _writer;

    /// <exception cref="UserException">The decoder would not see z.</exception>
    public TransformerVae(TransformerVaeConfig config, int vocabulary)
        : base(nameof(TransformerVae), vocabulary, (config ?? throw new ArgumentNullException(nameof(config))).LatentSize)
    {
        _config = config;
        var shape = config.Shape.Checked();
        if (config.MemoryTokens == 0 && !config.LatentInEmbedding)
            throw new UserException(
                "MemoryTokens is 0 and LatentInEmbedding is false, so that the decoder would not see z; set one of them.");
        decoder_embedding = new TokenEmbedding(shape, vocabulary);
        encoder_embedding = config.ShareEmbeddings ? null : new TokenEmbedding(shape, vocabulary);
        encoder = new TransformerStack(shape);
        posterior = new PosteriorHead(shape.Width, config.LatentSize, config.PosteriorBatchNormScale);
        latent_memory = config.MemoryTokens == 0
            ? null
            : Projections.Linear(config.LatentSize, shape.Layers * config.MemoryTokens * shape.Width);
        latent_embedding = config.LatentInEmbedding ? Projections.Linear(config.LatentSize, shape.Width) : null;
        decoder = new TransformerStack(shape);
        output = new OutputLayer(shape.Width, vocabulary, config.TieOutput ? decoder_embedding.Table : null, normal: true);
        _writer = new TransformerDecoder(decoder_embedding, decoder, output);
        RegisterComponents();
        this.KeepTensors();
    }

    /// <inheritdoc/>
    public ModelConfig Config => _config;

    /// <inheritdoc/>
    public override DiagonalGaussian Encode(TextBatch batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        var tokens = WordDropout.Apply(batch.Targets, training ? _config.EncoderWordDropout : 0);
        var words = (encoder_embedding ?? decoder_embedding).call(tokens, 0); // [batch, time, width]
        var states = encoder.call(words, new AttentionMask(Causal: false, batch.Lengths));
        return posterior.call(_config.Pooling.Apply(states, batch));
    }

    /// <inheritdoc/>
    public override TokenLosses NegativeLogLikelihood(TextBatch batch, Tensor z) => NegativeLogLikelihood(batch, z, null);

    /// <param name="z">[batch, latent].</param>
    /// <param name="batch">The sentences x.</param>
    /// <param name="maps">Takes the decoder's attention weights; the first keys are the vectors made of z.</param>
    /// <inheritdoc cref="NegativeLogLikelihood(TextBatch, Tensor)"/>
    public TokenLosses NegativeLogLikelihood(TextBatch batch, Tensor z, AttentionMaps? maps)
    {
        ArgumentNullException.ThrowIfNull(z);
        ArgumentNullException.ThrowIfNull(batch);
        var tokens = WordDropout.Apply(batch.Inputs, training ? _config.WordDropout : 0);
        return output.Nll(_writer.Forward(tokens, latent_embedding?.call(z), Memory(z), maps: maps), batch);
    }

    /// <inheritdoc/>
    public override DecoderState StartDecoding(Tensor z)
    {
        ArgumentNullException.ThrowIfNull(z);
        return decoder.Start(z.shape[0], Memory(z), code: latent_embedding?.call(z));
    }

    /// <inheritdoc/>
    public override (Tensor Logits, DecoderState State) DecodeStep(Tensor tokens, DecoderState state) => _writer.Step(tokens, state);

    /// <inheritdoc/>
    public override DecodingSession StartSession(DecoderState state) => _writer.StartSession(this, state);

    /// <inheritdoc/>
    public override IEnumerable<Parameter> EncoderParameters() =>
        [.. encoder_embedding?.parameters() ?? [], .. encoder.parameters(), .. posterior.parameters()];

    // One [batch, tokens, width] a layer, which serves as keys and as values.
    private Tensor[]? Memory(Tensor z) =>
        latent_memory?.call(z).view(z.shape[0], _config.Shape.Layers, _config.MemoryTokens, _config.Shape.Width).unbind(1);
}

/// <summary>A VAE of two Transformers, conditioned as Optimus (Li et al. 2020) but trained from scratch.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record TransformerVaeConfig : TextVaeConfig
{
    /// <summary>Sizes and dropout of the encoder and of the decoder.</summary>
    public TransformerShape Shape { get; init; } = new();

    /// <summary>Vectors made of z that each block of the decoder can attend to before the text; 0 for none.</summary>
    public int MemoryTokens { get; init => field = Require.AtLeast(0, value); } = 1;

    /// <summary>
    /// z is added, through a linear layer, to every input of the decoder; the residual stream carries it on to the output: a skip
    /// connection (Dieng et al. 2019).
    /// </summary>
    public bool LatentInEmbedding { get; init; } = true;

    /// <summary>How the encoder's states become the sentence's features; the last one stands at <c>&lt;/s&gt;</c>.</summary>
    public Pooling Pooling { get; init; }

    /// <summary>Encoder and decoder use one embedding table.</summary>
    public bool ShareEmbeddings { get; init; }

    /// <summary>The decoder's embedding table is also the output projection (Press and Wolf 2017).</summary>
    public bool TieOutput { get; init; } = true;

    /// <inheritdoc/>
    public override TransformerVae Build(int size) => new(this, size);
}
