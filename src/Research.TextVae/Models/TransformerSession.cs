using Research.TextVae.Kernels;
using TorchSharp;
using static TorchSharp.torch;

namespace Research.TextVae.Models;

/// <summary>State of a Transformer decoder between two tokens.</summary>
/// <param name="Cache">Keys and values of what came before.</param>
/// <param name="Length">Places of the cache that belong to this state: the memory's, then the tokens'.</param>
/// <param name="Memory">How many of them are the memory's.</param>
/// <param name="Source">Keys and values of the encoded text in each layer; [batch, source, 2 · width].</param>
/// <param name="SourceLengths">Tokens of the encoded texts; int64 [batch].</param>
/// <param name="Code">What is added to every input; [batch, width].</param>
internal sealed record TransformerState(
    KeyValueCache Cache, long Length, long Memory = 0, Tensor[]? Source = null, Tensor? SourceLengths = null, Tensor? Code = null)
        : DecoderState
{
    /// <summary>Tokens read so far: the next one's place in the text.</summary>
    public long Tokens => Length - Memory;

    /// <inheritdoc/>
    public override DecoderState Select(Tensor rows) => this with
    {
        Cache = Cache.Select(rows, Length),
        Source = Source?.Select(layer => layer.index_select(0, rows)).ToArray(),
        SourceLengths = SourceLengths?.index_select(0, rows),
        Code = Code?.index_select(0, rows),
    };

    public override IEnumerable<Tensor> Tensors => [.. Cache.Layers, .. Source ?? [], .. new[] { SourceLengths, Code }.OfType<Tensor>()];

    public override void MoveToOuterDisposeScope() => Cache.MoveToOuterDisposeScope();
}

/// <summary>
/// A decoding run of a Transformer by the native kernels: weights in the order the processor reads them, keys and values written
/// in place, one memory for all logits.
/// </summary>
internal sealed class TransformerSession : DecodingSession
{
    private readonly TokenEmbedding embedding;
    private readonly TransformerStep step;
    private readonly PackedMatrix output;
    private readonly Tensor bias;
    private Tensor logits;
    private Tensor[] sources;
    private TransformerState state;
    private bool own;

    private TransformerSession(TokenEmbedding embedding, TransformerStack decoder, VocabularyProjection projection, TransformerState state)
    {
        (this.embedding, this.state) = (embedding, state);
        step = decoder.PrepareStep(projection.Precision);
        output = PackedMatrix.Pack(projection.Weight, projection.Precision);
        bias = projection.Bias;
        sources = [.. (state.Source ?? []).Select(source => source.contiguous())];
        logits = empty(state.Cache.Layers[0].shape[0], bias.shape[0]);
    }

    /// <summary>The run, or null where there are no such kernels.</summary>
    /// <param name="embedding">Tokens to vectors.</param>
    /// <param name="decoder">The blocks.</param>
    /// <param name="projection">States to logits.</param>
    /// <param name="state">The state before the first token.</param>
    public static TransformerSession? TryCreate(
        TokenEmbedding embedding, TransformerStack decoder, VocabularyProjection projection, TransformerState state) =>
        PackedMatrix.Serves(projection.Weight) ? new(embedding, decoder, projection, state) : null;

    /// <inheritdoc/>
    public override Tensor Next(Tensor tokens)
    {
        var x = embedding.Next(tokens, state).contiguous(); // [batch, width], changed in place from here on
        var cache = state.Cache.Next(state.Length);
        step.Run(x, cache.Layers, state.Length, sources, state.SourceLengths);
        output.Multiply(x, bias, logits);
        cache.MoveToOuterDisposeScope();
        state = state with { Cache = cache, Length = state.Length + 1 };
        return logits;
    }

    /// <inheritdoc/>
    public override void Select(Tensor rows)
    {
        (state, own) = ((TransformerState)state.Replace(rows, own), true);
        sources = state.Source ?? [];
        if (rows.shape[0] == logits.shape[0])
            return;
        logits.Dispose();
        logits = empty(rows.shape[0], bias.shape[0]).MoveToOuterDisposeScope();
    }
}
