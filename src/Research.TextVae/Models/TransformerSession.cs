using Research.TextVae.Kernels;
using Research.TextVae.Models.Layers;
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
    private readonly Func<Tensor, TransformerState, Tensor> _embed;
    private readonly TransformerStep _step;
    private readonly OutputStep _output;
    private Tensor[] _sources;
    private TransformerState _state;
    private bool _own;

    /// <param name="embed">The next tokens [batch] after a state to vectors [batch, width].</param>
    /// <param name="step">The blocks.</param>
    /// <param name="output">The output layer.</param>
    /// <param name="state">The state before the first token.</param>
    public TransformerSession(
        Func<Tensor, TransformerState, Tensor> embed, TransformerStep step, OutputLayer output, TransformerState state)
    {
        (_embed, _step, _state) = (embed, step, state);
        _output = output.PrepareStep(state.Cache.Layers[0].shape[0]);
        _sources = [.. (state.Source ?? []).Select(source => source.contiguous())];
    }

    /// <inheritdoc/>
    public override Tensor Next(Tensor tokens)
    {
        var x = _embed(tokens, _state).contiguous(); // [batch, width], changed in place from here on
        var cache = _state.Cache.Next(_state.Length);
        _step.Run(x, cache.Layers, _state.Length, _sources, _state.SourceLengths);
        cache.MoveToOuterDisposeScope();
        _state = _state with { Cache = cache, Length = _state.Length + 1 };
        return _output.Run(x);
    }

    /// <inheritdoc/>
    public override void Select(Tensor rows)
    {
        (_state, _own) = ((TransformerState)_state.Replace(rows, _own), true);
        _sources = _state.Source ?? [];
        _output.Resize(rows.shape[0]);
    }
}
