using TorchSharp;
using static TorchSharp.torch;

namespace Research.TextVae.Models;

/// <summary>
/// An encoder–decoder Transformer, p(y|x) = Πₜ p(yₜ | y₍&lt;t₎, x): the encoder reads the whole source, each block of the decoder
/// attends to what is written and then to the encoded source (Vaswani et al. 2017).
/// </summary>
public sealed class TransformerSeq2Seq : AutoregressiveModel
{
    private readonly TransformerSeq2SeqConfig config;
    private readonly TokenEmbedding? source_embedding;
    private readonly TokenEmbedding target_embedding;
    private readonly TransformerStack encoder;
    private readonly TransformerStack decoder;
    private readonly VocabularyProjection output;

    public TransformerSeq2Seq(TransformerSeq2SeqConfig config, int vocabulary)
        : base(nameof(TransformerSeq2Seq), vocabulary)
    {
        this.config = config ?? throw new ArgumentNullException(nameof(config));
        var shape = config.Shape.Checked();
        source_embedding = config.SourceVocabulary == 0 ? null : new TokenEmbedding(shape, config.SourceVocabulary);
        target_embedding = new TokenEmbedding(shape, vocabulary);
        encoder = new TransformerStack(shape);
        decoder = new TransformerStack(shape, readsSource: true);
        output = new VocabularyProjection(shape.Width, vocabulary, config.TieOutput ? target_embedding : null);
        RegisterComponents();
        this.KeepTensors();
    }

    /// <summary>The source as the decoder looks at it.</summary>
    /// <param name="source">int64 [batch, source].</param>
    /// <param name="lengths">Tokens that are not padding; int64 [batch].</param>
    /// <param name="maps">Takes the encoder's attention weights.</param>
    public EncodedText Encode(Tensor source, Tensor lengths, AttentionMaps? maps = null)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(lengths);
        var words = (source_embedding ?? target_embedding).forward(source);
        return new EncodedText(encoder.forward(words, new AttentionMask(Causal: false, lengths), maps: maps), lengths);
    }

    /// <summary>−log p(y|x) with the true words as history, without label smoothing.</summary>
    public TokenLosses NegativeLogLikelihood(TextPairBatch batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        return output.Nll(States(batch.Target.Inputs, Encode(batch.Source, batch.SourceLengths)), batch.Target);
    }

    /// <summary>What training minimises: cross-entropy with smoothed labels, summed over the predicted tokens, in nats.</summary>
    public Tensor Loss(TextPairBatch batch) => LossAndNll(batch).Loss;

    /// <summary><see cref="Loss"/> and the −log p(y|x) in it, both summed over the predicted tokens.</summary>
    public (Tensor Loss, Tensor Nll) LossAndNll(TextPairBatch batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        var states = States(batch.Target.Inputs, Encode(batch.Source, batch.SourceLengths));
        var total = output.Nll(states, batch.Target).Total;
        return (config.LabelSmoothing == 0 ? total : total + config.LabelSmoothing * output.ExcessOverUniform(states, batch.Target), total);
    }

    /// <summary>The logits of each next token, with the true words as history.</summary>
    /// <param name="inputs">int64 [batch, time].</param>
    /// <param name="source">The encoded source.</param>
    /// <param name="maps">Takes the decoder's attention weights: to what is written and to the source.</param>
    /// <returns>[batch, time, vocabulary].</returns>
    public Tensor Logits(Tensor inputs, EncodedText source, AttentionMaps? maps = null)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        ArgumentNullException.ThrowIfNull(source);
        return output.Logits(States(inputs, source, maps));
    }

    /// <summary>The state before the first token.</summary>
    public DecoderState StartDecoding(EncodedText source)
    {
        ArgumentNullException.ThrowIfNull(source);
        return decoder.Start(source.States.shape[0], source: source);
    }

    /// <inheritdoc/>
    public override (Tensor Logits, DecoderState State) DecodeStep(Tensor tokens, DecoderState state)
    {
        ArgumentNullException.ThrowIfNull(tokens);
        var before = (TransformerState)state;
        var (states, after) = decoder.Next(target_embedding.Next(tokens, before), before);
        return (output.Logits(states), after);
    }

    /// <inheritdoc/>
    public override DecodingSession StartSession(DecoderState state) =>
        TransformerSession.TryCreate(target_embedding, decoder, output, (TransformerState)state) ?? base.StartSession(state);

    private Tensor States(Tensor inputs, EncodedText source, AttentionMaps? maps = null) =>
        decoder.forward(target_embedding.forward(inputs), new AttentionMask(Causal: true), source: source, maps: maps);
}
