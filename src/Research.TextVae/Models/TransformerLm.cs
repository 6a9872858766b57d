using System.Text.Json.Serialization;
using Research.TextVae.Models.Layers;
using Research.TextVae.Support;
using Research.TextVae.Text;
using TorchSharp;
using static TorchSharp.torch;

namespace Research.TextVae.Models;

/// <summary>
/// A decoder-only Transformer: each token attends to itself and those before it (Vaswani et al. 2017; Radford et al. 2018),
/// with normalisation before each sublayer (Xiong et al. 2020).
/// </summary>
public sealed class TransformerLm : LanguageModel, IConfigured
{
    private readonly TokenEmbedding embedding;
    private readonly TransformerStack decoder;
    private readonly OutputLayer output;
    private readonly TransformerDecoder _writer;

    /// <summary>Builds the model with random weights from TorchSharp's generator (<c>manual_seed</c>).</summary>
    /// <param name="config">Sizes and options of the layers.</param>
    /// <param name="vocabulary">Number of tokens, the four markers included.</param>
    public TransformerLm(TransformerLmConfig config, int vocabulary)
        : base(nameof(TransformerLm), vocabulary)
    {
        ArgumentNullException.ThrowIfNull(config);
        Config = config;
        var shape = config.Shape.Checked();
        embedding = new TokenEmbedding(shape, vocabulary);
        decoder = new TransformerStack(shape);
        output = new OutputLayer(shape.Width, vocabulary, config.TieOutput ? embedding.Table : null, normal: true);
        _writer = new TransformerDecoder(embedding, decoder, output);
        RegisterComponents();
        this.KeepTensors();
    }

    /// <inheritdoc/>
    public ModelConfig Config { get; }

    /// <inheritdoc/>
    /// <exception cref="UserException">A text is longer than the positions the model has learned.</exception>
    public override TokenLosses NegativeLogLikelihood(TextBatch batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        return output.Nll(_writer.Forward(batch.Inputs), batch);
    }

    /// <summary>The logits of each next token, with the true words as history.</summary>
    /// <param name="inputs">int64 [batch, time].</param>
    /// <param name="maps">Takes the attention weights of the pass.</param>
    /// <returns>[batch, time, vocabulary].</returns>
    public Tensor Logits(Tensor inputs, AttentionMaps? maps = null) => output.call(_writer.Forward(inputs, maps: maps));

    /// <inheritdoc/>
    public override DecoderState StartDecoding(long size) => decoder.Start(size);

    /// <inheritdoc/>
    public override (Tensor Logits, DecoderState State) DecodeStep(Tensor tokens, DecoderState state) => _writer.Step(tokens, state);

    /// <inheritdoc/>
    public override DecodingSession StartSession(DecoderState state) => _writer.StartSession(this, state);
}

/// <summary>The decoder-only Transformer language model of Radford et al. 2018, in pre-norm form.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record TransformerLmConfig : LanguageModelConfig
{
    /// <summary>Sizes and dropout.</summary>
    public TransformerShape Shape { get; init; } = new();

    /// <summary>The embedding table is also the output projection (Press and Wolf 2017).</summary>
    public bool TieOutput { get; init; } = true;

    /// <inheritdoc/>
    public override TransformerLm Build(int size) => new(this, size);
}
