using System.Text.Json.Serialization;
using Research.TextVae.Models.Layers;
using Research.TextVae.Support;
using Research.TextVae.Text;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Research.TextVae.Models;

/// <summary>
/// A conditional VAE of text pairs, p(y|x) = ∫ p(z|x) p(y|z, x) dz (Sohn et al. 2015; for dialogue Zhao et al. 2017, section 3.1). One
/// Transformer encoder reads either text; q(z|x, y) is made of both, the prior p(z|x) of the source alone; the decoder attends to the
/// source and has z added to every input.
/// </summary>
public sealed class TransformerSeq2SeqVae : Vae<TextPairBatch>, IAutoregressiveModel, IConfigured
{
    private readonly TransformerSeq2SeqVaeConfig _config;
    private readonly TokenEmbedding embedding;
    private readonly TransformerStack encoder;
    private readonly PosteriorHead posterior;
    private readonly PosteriorHead prior;
    private readonly LinearLayer latent_embedding;
    private readonly TransformerStack decoder;
    private readonly OutputLayer output;
    private readonly TransformerDecoder _writer;

    /// <summary>Builds the model with random weights from TorchSharp's generator (<c>manual_seed</c>).</summary>
    /// <param name="config">Sizes and options of the layers.</param>
    /// <param name="vocabulary">Number of tokens of both texts, the four markers included.</param>
    public TransformerSeq2SeqVae(TransformerSeq2SeqVaeConfig config, int vocabulary)
        : base(nameof(TransformerSeq2SeqVae), (config ?? throw new ArgumentNullException(nameof(config))).LatentSize)
    {
        _config = config;
        VocabularySize = vocabulary;
        var shape = config.Shape.Checked();
        embedding = new TokenEmbedding(shape, vocabulary);
        encoder = new TransformerStack(shape);
        posterior = new PosteriorHead(2 * shape.Width, config.LatentSize, meanScale: null);
        prior = new PosteriorHead(shape.Width, config.LatentSize, meanScale: null);
        latent_embedding = Projections.Linear(config.LatentSize, shape.Width);
        decoder = new TransformerStack(shape, readsSource: true);
        output = new OutputLayer(shape.Width, vocabulary, config.TieOutput ? embedding.Table : null, normal: true);
        _writer = new TransformerDecoder(embedding, decoder, output);
        RegisterComponents();
        this.KeepTensors();
    }

    /// <inheritdoc/>
    public int VocabularySize { get; }

    /// <inheritdoc/>
    public ModelConfig Config => _config;

    /// <inheritdoc/>
    /// <remarks>The encoder itself is the decoder's too, which reads the source with it.</remarks>
    public override IEnumerable<Parameter> EncoderParameters() => posterior.parameters();

    /// <summary>q(z|x, y).</summary>
    /// <param name="batch">The pairs.</param>
    public override DiagonalGaussian Encode(TextPairBatch batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        var target = batch.Target;
        return posterior.call(cat([Mean(Read(batch.Source, batch.SourceLengths)), Mean(Read(target.Targets, target.Lengths))], 1));
    }

    /// <summary>p(z|x).</summary>
    /// <param name="batch">The pairs; of them only the sources count.</param>
    public override DiagonalGaussian Prior(TextPairBatch batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        return Prior(Read(batch.Source, batch.SourceLengths));
    }

    /// <summary>p(z|x).</summary>
    /// <param name="source">The encoded source.</param>
    public DiagonalGaussian Prior(EncodedText source)
    {
        ArgumentNullException.ThrowIfNull(source);
        return prior.call(Mean(source));
    }

    /// <summary>A text as the decoder looks at it.</summary>
    /// <param name="tokens">int64 [batch, time].</param>
    /// <param name="lengths">Tokens that are not padding; int64 [batch].</param>
    public EncodedText Read(Tensor tokens, Tensor lengths) =>
        new(encoder.call(embedding.call(tokens, 0), new AttentionMask(Causal: false, lengths)), lengths);

    /// <inheritdoc/>
    public override TokenLosses NegativeLogLikelihood(TextPairBatch batch, Tensor z)
    {
        ArgumentNullException.ThrowIfNull(batch);
        var tokens = WordDropout.Apply(batch.Target.Inputs, training ? _config.WordDropout : 0);
        var source = Read(batch.Source, batch.SourceLengths);
        return output.Nll(_writer.Forward(tokens, latent_embedding.call(z), source: source), batch.Target);
    }

    /// <summary>The state before the first token.</summary>
    /// <param name="source">The encoded sources.</param>
    /// <param name="z">[batch, latent].</param>
    public DecoderState StartDecoding(EncodedText source, Tensor z)
    {
        ArgumentNullException.ThrowIfNull(source);
        return decoder.Start(source.States.shape[0], source: source, code: latent_embedding.call(z));
    }

    /// <inheritdoc/>
    public (Tensor Logits, DecoderState State) DecodeStep(Tensor tokens, DecoderState state) => _writer.Step(tokens, state);

    /// <inheritdoc/>
    public DecodingSession StartSession(DecoderState state) => _writer.StartSession(this, state);

    // The mean of a text's states, padding left out; [batch, width].
    private static Tensor Mean(EncodedText text)
    {
        var states = text.States; // [batch, time, width]
        var counts = arange(states.shape[1], device: states.device).unsqueeze(0).lt(text.Lengths.unsqueeze(1)).unsqueeze(2);
        return (states * counts.to_type(states.dtype)).sum(1) / text.Lengths.unsqueeze(1).to_type(states.dtype);
    }
}

/// <summary>A conditional VAE of text pairs made of Transformers.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record TransformerSeq2SeqVaeConfig : ModelConfig
{
    /// <summary>Sizes and dropout of the encoder and of the decoder.</summary>
    public TransformerShape Shape { get; init; } = new();

    /// <summary>Size of the latent code z.</summary>
    public int LatentSize { get; init => field = Require.AtLeast(1, value); } = 32;

    /// <summary>Fraction of the decoder's input words replaced by <c>&lt;unk&gt;</c> in training (Bowman et al. 2016, section
    /// 3.1).</summary>
    public double WordDropout { get; init => field = Require.Within(0.0, 1.0, value); }

    /// <summary>The embedding table is also the output projection (Press and Wolf 2017).</summary>
    public bool TieOutput { get; init; } = true;

    /// <param name="size">Tokens in the vocabulary of both texts.</param>
    public override TransformerSeq2SeqVae Build(int size) => new(this, size);
}
