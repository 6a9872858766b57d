using Research.TextVae.Kernels;
using Research.TextVae.Models.Layers;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Research.TextVae.Models;

/// <summary>Transformer blocks one above the other and a last normalisation.</summary>
internal sealed class TransformerStack
    : nn.Module<Tensor, AttentionMask, IReadOnlyList<Tensor>?, EncodedText?, AttentionMaps?, Tensor>
{
    private readonly ModuleList<TransformerBlock> blocks;
    private readonly LayerNorm norm;
    private readonly TransformerShape _shape;

    /// <param name="shape">Sizes.</param>
    /// <param name="readsSource">Whether each block attends to an encoded text too.</param>
    public TransformerStack(TransformerShape shape, bool readsSource = false)
        : base(nameof(TransformerStack))
    {
        _shape = shape;
        blocks = nn.ModuleList(Enumerable.Range(0, shape.Layers).Select(_ => new TransformerBlock(shape, readsSource)).ToArray());
        norm = nn.LayerNorm(shape.Width);
        RegisterComponents();
        this.KeepTensors();
    }

    /// <param name="x">[batch, time, width].</param>
    /// <param name="mask">Who may look where in the text.</param>
    /// <param name="memory">Further keys and values of each layer; [batch, tokens, width].</param>
    /// <param name="source">The encoded text.</param>
    /// <param name="maps">Takes the attention weights.</param>
    /// <returns>[batch, time, width].</returns>
    public override Tensor forward(
        Tensor x, AttentionMask mask, IReadOnlyList<Tensor>? memory = null, EncodedText? source = null, AttentionMaps? maps = null)
    {
        for (var layer = 0; layer < blocks.Count; layer++)
            x = blocks[layer].call(x, mask, memory?[layer], source, maps);
        return norm.call(x);
    }

    /// <inheritdoc cref="forward"/>
    public new Tensor call(
        Tensor x, AttentionMask mask, IReadOnlyList<Tensor>? memory = null, EncodedText? source = null, AttentionMaps? maps = null) =>
        base.call(x, mask, memory, source, maps);

    /// <summary>The state before the first token.</summary>
    /// <param name="batch">Texts to be written side by side.</param>
    /// <param name="memory">Further keys and values of each layer; [batch, tokens, width].</param>
    /// <param name="source">The encoded text.</param>
    /// <param name="code">What is added to every input; [batch, width].</param>
    public TransformerState Start(long batch, IReadOnlyList<Tensor>? memory = null, EncodedText? source = null, Tensor? code = null)
    {
        var cache = KeyValueCache.Empty(_shape.Layers, batch, _shape.Heads, norm.weight);
        var places = memory?[0].shape[1] ?? 0;
        for (var place = 0L; place < places; place++)
        {
            cache = cache.Next(place);
            for (var layer = 0; layer < _shape.Layers; layer++)
            {
                var vector = memory![layer].narrow(1, place, 1);
                cache.Put(layer, place, cat([vector, vector], 2));
            }
        }

        var read = source is null ? null : blocks.Select(block => block.Read(source)).ToArray();
        return new TransformerState(cache, places, places, read, source?.Lengths, code);
    }

    /// <summary>The blocks as one step of decoding, their matrices prepared.</summary>
    public TransformerStep PrepareStep(Precision precision) => new(
        [.. blocks.Select(block => block.Branches
            .Select(
                branch => ((Tensor)branch.Norm.weight!, (Tensor)branch.Norm.bias!,
                    (IReadOnlyList<(Tensor, Tensor)>)[.. branch.Layers.Select(layer => ((Tensor)layer.Weight, (Tensor)layer.Bias!))]))
            .ToList())],
        (norm.weight!, norm.bias!),
        _shape.Heads,
        precision);

    /// <summary>The next token of each text.</summary>
    /// <param name="x">[batch, width].</param>
    /// <param name="state">The state before it.</param>
    /// <returns>[batch, width] and the state after it.</returns>
    public (Tensor States, TransformerState State) Next(Tensor x, TransformerState state)
    {
        var cache = state.Cache.Next(state.Length);
        x = x.unsqueeze(1); // [batch, 1, width]
        for (var layer = 0; layer < blocks.Count; layer++)
            x = blocks[layer].Next(x, (cache, layer, state.Length), state.Source?[layer], state.SourceLengths);
        return (norm.call(x).squeeze(1), state with { Cache = cache, Length = state.Length + 1 });
    }
}
