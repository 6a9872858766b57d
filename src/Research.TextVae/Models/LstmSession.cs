using Research.TextVae.Kernels;
using Research.TextVae.Models.Layers;
using TorchSharp;
using static TorchSharp.torch;

namespace Research.TextVae.Models;

/// <summary>
/// A decoding run of an LSTM by the native kernels: weights in the order the processor reads them, states changed in place, one
/// memory for all logits.
/// </summary>
internal sealed class LstmSession : DecodingSession
{
    private readonly Func<Tensor, Tensor> _embed;
    private readonly IReadOnlyList<(PackedMatrix Weight, Tensor Bias)> _layers;
    private readonly Tensor[] _hidden;
    private readonly Tensor[] _cell;
    private readonly OutputStep _output;
    private Tensor? _beside;
    private readonly Tensor? _places;
    private Tensor? _above;
    private long _place;

    /// <param name="embed">Tokens [batch] to vectors [batch, embedding].</param>
    /// <param name="layers">Input and hidden weights of each layer side by side, packed; both biases together.</param>
    /// <param name="output">The output layer.</param>
    /// <param name="state">The state before the first token.</param>
    /// <param name="joined">What is joined to each word; [batch, size].</param>
    /// <param name="added">What is added to the last layer's states; [batch, hidden].</param>
    /// <param name="factors">What it is multiplied by at each place, from the last on always by the same; [places, hidden].</param>
    public LstmSession(
        Func<Tensor, Tensor> embed, IReadOnlyList<(PackedMatrix Weight, Tensor Bias)> layers, OutputStep output, RecurrentState state,
        Tensor? joined = null, Tensor? added = null, Tensor? factors = null)
    {
        (_embed, _layers, _output, _beside, _above, _places) = (embed, layers, output, joined, added, factors);
        _place = state.Tokens;
        _hidden = [.. state.Hidden.unbind().Select(layer => layer.contiguous().clone())];
        _cell = [.. state.Cell!.unbind().Select(layer => layer.contiguous().clone())];
    }

    /// <summary>The run, or null where there are no such kernels.</summary>
    /// <param name="embedding">Words to vectors.</param>
    /// <param name="layers">Layers, read one direction.</param>
    /// <param name="output">The output layer.</param>
    /// <param name="state">The state before the first token.</param>
    /// <param name="joined">What is joined to each word; [batch, size].</param>
    /// <param name="added">What is added to the last layer's states; [batch, hidden].</param>
    /// <param name="factors">What it is multiplied by at each place, from the last on always by the same; [places, hidden].</param>
    public static LstmSession? TryCreate(
        EmbeddingLayer embedding, RecurrentLayer layers, OutputLayer output, RecurrentState state, Tensor? joined = null,
        Tensor? added = null, Tensor? factors = null) => layers.Cell == RecurrentCell.Lstm && PackedMatrix.Serves(output.Weight)
            ? new(
                embedding.call,
                [.. Enumerable.Range(0, (int)state.Hidden.shape[0]).Select(layers.Joined)
                    .Select(layer => (PackedMatrix.Pack(layer.Weight, layers.Precision), layer.Bias))],
                output.PrepareStep(state.Hidden.shape[1]),
                state,
                joined,
                added,
                factors)
            : null;

    /// <inheritdoc/>
    public override Tensor Next(Tensor tokens)
    {
        var x = _embed(tokens); // [batch, embedding]
        if (_beside is not null)
            x = cat([x, _beside], 1);
        for (var layer = 0; layer < _layers.Count; layer++)
        {
            _layers[layer].Weight.LstmStep(x, _hidden[layer], _cell[layer], _layers[layer].Bias);
            x = _hidden[layer];
        }

        if (_above is not null)
            x = x + (_places is null ? _above : _above * _places[Math.Min(_place++, _places.shape[0] - 1)]);
        return _output.Run(x);
    }

    /// <inheritdoc/>
    public override void Select(Tensor rows)
    {
        Tensor Selected(Tensor tensor) => tensor.index_select(0, rows).MoveToOuterDisposeScope();
        Tensor Replaced(Tensor tensor, Tensor replacement)
        {
            tensor.Dispose();
            return replacement;
        }

        for (var layer = 0; layer < _layers.Count; layer++)
        {
            _hidden[layer] = Replaced(_hidden[layer], Selected(_hidden[layer]));
            _cell[layer] = Replaced(_cell[layer], Selected(_cell[layer]));
        }

        // These may be the caller's.
        _beside = _beside is null ? null : Selected(_beside);
        _above = _above is null ? null : Selected(_above);
        _output.Resize(rows.shape[0]);
    }
}
