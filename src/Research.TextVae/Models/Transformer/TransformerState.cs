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
    KeyValueCache Cache, long Length, long Memory = 0, Tensor[]? Source = null, Tensor? SourceLengths = null, Tensor? Code = null) : DecoderState
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

    internal override IEnumerable<Tensor> Tensors => [.. Cache.Layers, .. Source ?? [], .. new[] { SourceLengths, Code }.OfType<Tensor>()];

    internal override void MoveToOuterDisposeScope() => Cache.MoveToOuterDisposeScope();
}
