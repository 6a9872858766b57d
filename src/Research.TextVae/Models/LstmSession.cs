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
    private readonly PackedMatrix? bottleneck;
    private readonly (PackedMatrix Weight, Tensor? Bias) output;
    private Tensor logits;
    private Tensor? narrowed;
    private Tensor? beside;
    private Tensor? above;

    /// <param name="embed">Tokens [batch] to vectors [batch, embedding].</param>
    /// <param name="layers">Input and hidden weights of each layer side by side, packed; both biases together.</param>
    /// <param name="bottleneck">What stands between the last layer and the output, packed.</param>
    /// <param name="output">The output layer, packed.</param>
    /// <param name="state">The state before the first token.</param>
    public LstmSession(
        Func<Tensor, Tensor> embed,
        IReadOnlyList<(PackedMatrix Weight, Tensor Bias)> layers,
        PackedMatrix? bottleneck,
        (PackedMatrix Weight, Tensor? Bias) output,
        RecurrentState state)
    {
        this.embed = embed;
        this.layers = layers;
        var size = state.Hidden.shape[1];
        hidden = [.. state.Hidden.unbind().Select(layer => layer.contiguous().clone())];
        cell = [.. state.Cell!.unbind().Select(layer => layer.contiguous().clone())];
        (this.bottleneck, this.output) = (bottleneck, output);
        narrowed = bottleneck is null ? null : empty(size, bottleneck.Outputs);
        logits = empty(size, output.Weight.Outputs);
    }

    /// <summary>The run, or null where there are no such kernels.</summary>
    /// <param name="embedding">Words to vectors.</param>
    /// <param name="lstm">Layers, read one direction.</param>
    /// <param name="bottleneck">What stands between the last layer and the output.</param>
    /// <param name="outputWeight">[vocabulary, features].</param>
    /// <param name="outputBias">[vocabulary].</param>
    /// <param name="state">The state before the first token.</param>
    /// <param name="precision">What the products are computed in.</param>
    public static LstmSession? TryCreate(
        EmbeddingLayer embedding, LstmLayer lstm, LinearLayer? bottleneck, Tensor outputWeight, Tensor? outputBias, RecurrentState state,
        Precision precision)
    {
        if (!PackedMatrix.Serves(outputWeight))
            return null;
        return new(
            embedding.call,
            [.. Enumerable.Range(0, (int)state.Hidden.shape[0]).Select(lstm.Joined)
                .Select(layer => (PackedMatrix.Pack(layer.Weight, precision), layer.Bias))],
            bottleneck is null ? null : PackedMatrix.Pack(bottleneck.Weight, precision),
            (PackedMatrix.Pack(outputWeight, precision), outputBias),
            state);
    }

    /// <summary>The same run with what stays the same at every step.</summary>
    /// <param name="joined">Joined to each word; [batch, size].</param>
    /// <param name="added">Added to the last layer's states; [batch, hidden].</param>
    public LstmSession With(Tensor? joined, Tensor? added)
    {
        (beside, above) = (joined, added);
        return this;
    }

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
            x = x + above;
        if (bottleneck is not null)
        {
            bottleneck.Multiply(x, null, narrowed!);
            x = narrowed!;
        }

        output.Weight.Multiply(x, output.Bias, logits);
        return logits;
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
        var size = rows.shape[0];
        if (size == logits.shape[0])
            return;
        logits = Replaced(logits, empty(size, logits.shape[1]).MoveToOuterDisposeScope());
        narrowed = narrowed is null ? null : Replaced(narrowed, empty(size, narrowed.shape[1]).MoveToOuterDisposeScope());
    }
}
