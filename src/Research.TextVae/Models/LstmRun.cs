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
    private readonly Func<Tensor, Tensor> embed;
    private readonly IReadOnlyList<(Tensor Weight, Tensor Bias)> layers;
    private readonly Tensor[] hidden;
    private readonly Tensor[] cell;
    private readonly Tensor? bottleneck;
    private readonly (Tensor Weight, Tensor? Bias) output;
    private Tensor logits;
    private Tensor? narrowed;
    private Tensor? beside;
    private Tensor? above;

    /// <param name="embed">Tokens [batch] to vectors [batch, embedding].</param>
    /// <param name="layers">Input and hidden weights of each layer side by side, packed; both biases together.</param>
    /// <param name="bottleneck">What stands between the last layer and the output, packed, with its outputs.</param>
    /// <param name="output">The output layer, packed, with the size of the vocabulary.</param>
    /// <param name="state">The state before the first token.</param>
    public LstmRun(
        Func<Tensor, Tensor> embed,
        IReadOnlyList<(Tensor Weight, Tensor Bias)> layers,
        (Tensor Weight, long Outputs)? bottleneck,
        (Tensor Weight, Tensor? Bias, long Outputs) output,
        RecurrentState state)
    {
        this.embed = embed;
        this.layers = layers;
        var size = state.Hidden.shape[1];
        hidden = [.. state.Hidden.unbind().Select(layer => layer.contiguous().clone())];
        cell = [.. state.Cell!.unbind().Select(layer => layer.contiguous().clone())];
        if (bottleneck is { } narrow)
            (this.bottleneck, narrowed) = (narrow.Weight, empty(size, narrow.Outputs));
        this.output = (output.Weight, output.Bias);
        logits = empty(size, output.Outputs);
    }

    /// <summary>The run, or null where there are no such kernels.</summary>
    /// <param name="embedding">Words to vectors.</param>
    /// <param name="lstm">Layers, read one direction.</param>
    /// <param name="bottleneck">What stands between the last layer and the output.</param>
    /// <param name="outputWeight">[vocabulary, features].</param>
    /// <param name="outputBias">[vocabulary].</param>
    /// <param name="state">The state before the first token.</param>
    public static LstmRun? Of(Embedding embedding, LSTM lstm, Linear? bottleneck, Tensor outputWeight, Tensor? outputBias, RecurrentState state)
    {
        if (!Backend.HasDecodingKernels(outputWeight))
            return null;
        var weights = lstm.named_parameters().ToDictionary(entry => entry.name, entry => (Tensor)entry.parameter);
        return new(
            embedding.call,
            [.. Enumerable.Range(0, (int)state.Hidden.shape[0]).Select(layer => (
                Backend.PackWeight(cat([weights[$"weight_ih_l{layer}"], weights[$"weight_hh_l{layer}"]], 1)),
                weights[$"bias_ih_l{layer}"] + weights[$"bias_hh_l{layer}"]))],
            bottleneck is null ? null : (Backend.PackWeight(bottleneck.weight!), bottleneck.weight!.shape[0]),
            (Backend.PackWeight(outputWeight), outputBias, outputWeight.shape[0]),
            state);
    }

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
        var x = embed(tokens); // [batch, embedding]
        if (beside is not null)
            x = cat([x, beside], 1);
        for (var layer = 0; layer < layers.Count; layer++)
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
