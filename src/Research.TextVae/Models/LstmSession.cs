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
    private readonly Func<Tensor, Tensor> embed;
    private readonly IReadOnlyList<(PackedMatrix Weight, Tensor Bias)> layers;
    private readonly Tensor[] hidden;
    private readonly Tensor[] cell;
    private readonly OutputStep output;
    private Tensor? beside;
    private readonly Tensor? places;
    private Tensor? above;
    private long place;

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
        (this.embed, this.layers, this.output, beside, above, places) = (embed, layers, output, joined, added, factors);
        place = state.Tokens;
        hidden = [.. state.Hidden.unbind().Select(layer => layer.contiguous().clone())];
        cell = [.. state.Cell!.unbind().Select(layer => layer.contiguous().clone())];
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
        var x = embed(tokens); // [batch, embedding]
        if (beside is not null)
            x = cat([x, beside], 1);
        for (var layer = 0; layer < layers.Count; layer++)
        {
            layers[layer].Weight.LstmStep(x, hidden[layer], cell[layer], layers[layer].Bias);
            x = hidden[layer];
        }

        if (above is not null)
            x = x + (places is null ? above : above * places[Math.Min(place++, places.shape[0] - 1)]);
        return output.Run(x);
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

        for (var layer = 0; layer < layers.Count; layer++)
        {
            hidden[layer] = Replaced(hidden[layer], Selected(hidden[layer]));
            cell[layer] = Replaced(cell[layer], Selected(cell[layer]));
        }

        // These may be the caller's.
        beside = beside is null ? null : Selected(beside);
        above = above is null ? null : Selected(above);
        output.Resize(rows.shape[0]);
    }
}
