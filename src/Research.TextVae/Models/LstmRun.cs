using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Research.TextVae.Models;

/// <summary>
/// A decoding run of an LSTM by the native kernels: weights in the order the processor reads them, states changed in place, one
/// memory for all logits.
/// </summary>
internal sealed class LstmRun : DecodingRun
{
    private readonly Embedding embedding;
    private readonly (Tensor Weight, Tensor Bias)[] layers;
    private readonly Tensor[] hidden;
    private readonly Tensor[] cell;
    private readonly Tensor? bottleneck;
    private readonly (Tensor Weight, Tensor? Bias) output;
    private Tensor logits;
    private Tensor? narrowed;
    private Tensor? beside;
    private Tensor? above;

    private LstmRun(Embedding embedding, LSTM lstm, Linear? bottleneck, Tensor outputWeight, Tensor? outputBias, RecurrentState state)
    {
        this.embedding = embedding;
        var size = state.Hidden.shape[1];
        var weights = lstm.named_parameters().ToDictionary(entry => entry.name, entry => (Tensor)entry.parameter);
        layers = [.. Enumerable.Range(0, (int)state.Hidden.shape[0]).Select(layer => (
            Backend.PackWeight(cat([weights[$"weight_ih_l{layer}"], weights[$"weight_hh_l{layer}"]], 1)),
            weights[$"bias_ih_l{layer}"] + weights[$"bias_hh_l{layer}"]))];
        hidden = [.. state.Hidden.unbind().Select(layer => layer.contiguous().clone())];
        cell = [.. state.Cell!.unbind().Select(layer => layer.contiguous().clone())];
        if (bottleneck is not null)
            (this.bottleneck, narrowed) = (Backend.PackWeight(bottleneck.weight!), empty(size, bottleneck.weight!.shape[0]));
        output = (Backend.PackWeight(outputWeight), outputBias);
        logits = empty(size, outputWeight.shape[0]);
    }

    /// <summary>The run, or null where there are no such kernels.</summary>
    /// <param name="embedding">Words to vectors.</param>
    /// <param name="lstm">Layers, read one direction.</param>
    /// <param name="bottleneck">What stands between the last layer and the output.</param>
    /// <param name="outputWeight">[vocabulary, features].</param>
    /// <param name="outputBias">[vocabulary].</param>
    /// <param name="state">The state before the first token.</param>
    public static LstmRun? Of(Embedding embedding, LSTM lstm, Linear? bottleneck, Tensor outputWeight, Tensor? outputBias, RecurrentState state) =>
        Backend.HasDecodingKernels(outputWeight) ? new(embedding, lstm, bottleneck, outputWeight, outputBias, state) : null;

    /// <summary>The same run with what stays the same at every step.</summary>
    /// <param name="joined">Joined to each word; [batch, size].</param>
    /// <param name="added">Added to the last layer's states; [batch, hidden].</param>
    public LstmRun With(Tensor? joined, Tensor? added)
    {
        (beside, above) = (joined, added);
        return this;
    }

    /// <inheritdoc/>
    public override Tensor Next(Tensor tokens)
    {
        var x = embedding.call(tokens); // [batch, embedding]
        if (beside is not null)
            x = cat([x, beside], 1);
        for (var layer = 0; layer < layers.Length; layer++)
        {
            Backend.LstmStep(x, hidden[layer], cell[layer], layers[layer].Weight, layers[layer].Bias);
            x = hidden[layer];
        }

        if (above is not null)
            x = x + above;
        if (bottleneck is not null)
        {
            Backend.PackedLinear(x, bottleneck, null, narrowed!);
            x = narrowed!;
        }

        Backend.PackedLinear(x, output.Weight, output.Bias, logits);
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

        for (var layer = 0; layer < layers.Length; layer++)
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
