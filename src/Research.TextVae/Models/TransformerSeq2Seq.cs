using System.Text.Json.Serialization;
using Research.TextVae.Models.Layers;
using Research.TextVae.Support;
using Research.TextVae.Text;
using TorchSharp;
using static TorchSharp.torch;

namespace Research.TextVae.Models;

/// <summary>
/// An encoder–decoder Transformer, p(y|x) = Πₜ p(yₜ | y₍&lt;t₎, x): the encoder reads the whole source, each block of the decoder
/// attends to what is written and then to the encoded source (Vaswani et al. 2017).
/// </summary>
public sealed class TransformerSeq2Seq : nn.Module, IAutoregressiveModel
{
    private readonly TransformerSeq2SeqConfig _config;
    private readonly TokenEmbedding? source_embedding;
    private readonly TokenEmbedding target_embedding;
    private readonly TransformerStack encoder;
    private readonly TransformerStack decoder;
    private readonly OutputLayer output;
    private readonly TransformerDecoder _writer;

    /// <summary>Builds the model with random weights from TorchSharp's generator (<c>manual_seed</c>).</summary>
    /// <param name="config">Sizes and options of the layers.</param>
    /// <param name="vocabulary">Number of tokens, the four markers included.</param>
    public TransformerSeq2Seq(TransformerSeq2SeqConfig config, int vocabulary)
        : base(nameof(TransformerSeq2Seq))
    {
        VocabularySize = vocabulary;
        _config = config ?? throw new ArgumentNullException(nameof(config));
        var shape = config.Shape.Checked();
        source_embedding = config.SourceVocabulary == 0 ? null : new TokenEmbedding(shape, config.SourceVocabulary);
        target_embedding = new TokenEmbedding(shape, vocabulary);
        encoder = new TransformerStack(shape);
        decoder = new TransformerStack(shape, readsSource: true);
        output = new OutputLayer(shape.Width, vocabulary, config.TieOutput ? target_embedding.Table : null, normal: true);
        _writer = new TransformerDecoder(target_embedding, decoder, output);
        RegisterComponents();
        this.KeepTensors();
    }

    /// <inheritdoc/>
    public int VocabularySize { get; }

    /// <inheritdoc/>
    public Device Device => parameters().First().device;

    /// <summary>The source as the decoder looks at it.</summary>
    /// <param name="source">int64 [batch, source].</param>
    /// <param name="lengths">Tokens that are not padding; int64 [batch].</param>
    /// <param name="maps">Takes the encoder's attention weights.</param>
    public EncodedText Encode(Tensor source, Tensor lengths, AttentionMaps? maps = null)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(lengths);
        var words = (source_embedding ?? target_embedding).call(source, 0); // [batch, source, width]
        return new EncodedText(encoder.call(words, new AttentionMask(Causal: false, lengths), maps: maps), lengths);
    }

    /// <summary>−log p(y|x) with the true words as history, without label smoothing.</summary>
    public TokenLosses NegativeLogLikelihood(TextPairBatch batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        return output.Nll(States(batch), batch.Target);
    }

    /// <summary>What training minimises: cross-entropy with smoothed labels, summed over the predicted tokens, in nats.</summary>
    public Tensor Loss(TextPairBatch batch) => LossAndNll(batch).Loss;

    /// <summary><see cref="Loss"/> and the −log p(y|x) in it, both summed over the predicted tokens.</summary>
    public (Tensor Loss, Tensor Nll) LossAndNll(TextPairBatch batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        var states = States(batch);
        var total = output.Nll(states, batch.Target).Total;
        return (_config.LabelSmoothing == 0 ? total : total + _config.LabelSmoothing * output.ExcessOverUniform(states, batch.Target),
            total);
    }

    /// <summary>The logits of each next token, with the true words as history.</summary>
    /// <param name="inputs">int64 [batch, time].</param>
    /// <param name="source">The encoded source.</param>
    /// <param name="maps">Takes the decoder's attention weights: to what is written and to the source.</param>
    /// <returns>[batch, time, vocabulary].</returns>
    public Tensor Logits(Tensor inputs, EncodedText source, AttentionMaps? maps = null)
    {
        ArgumentNullException.ThrowIfNull(source);
        return output.call(_writer.Forward(inputs, source: source, maps: maps));
    }

    /// <summary>The state before the first token.</summary>
    public DecoderState StartDecoding(EncodedText source)
    {
        ArgumentNullException.ThrowIfNull(source);
        return decoder.Start(source.States.shape[0], source: source);
    }

    /// <inheritdoc/>
    public (Tensor Logits, DecoderState State) DecodeStep(Tensor tokens, DecoderState state) => _writer.Step(tokens, state);

    /// <inheritdoc/>
    public DecodingSession StartSession(DecoderState state) => _writer.StartSession(this, state);

    private Tensor States(TextPairBatch batch) =>
        _writer.Forward(batch.Target.Inputs, source: Encode(batch.Source, batch.SourceLengths)); // [batch, time, width]
}

/// <summary>The encoder–decoder Transformer of Vaswani et al. 2017, in pre-norm form.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record TransformerSeq2SeqConfig : ModelConfig
{
    /// <summary>Sizes and dropout of the encoder and of the decoder.</summary>
    public TransformerShape Shape { get; init; } = new();

    /// <summary>Tokens in the source's vocabulary; 0 when source and target share vocabulary and embedding table.</summary>
    public int SourceVocabulary { get; init => field = Require.AtLeast(0, value); }

    /// <summary>Share ε of the probability that the loss wants spread over the whole vocabulary (Szegedy et al. 2016, section 7).</summary>
    public double LabelSmoothing { get; init => field = Require.Within(0, 0.99, value); } = 0.1;

    /// <summary>The target's embedding table is also the output projection (Press and Wolf 2017).</summary>
    public bool TieOutput { get; init; } = true;

    /// <param name="size">Tokens in the target's vocabulary.</param>
    public override TransformerSeq2Seq Build(int size) => new(this, size);
}
