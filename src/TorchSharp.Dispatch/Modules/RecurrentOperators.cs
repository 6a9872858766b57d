using TorchSharp.Interop;
using static TorchSharp.torch;

namespace TorchSharp.Modules;

/// <summary>The one place that chooses what computes a recurrent network: the fused kernel or LibTorch's operator.</summary>
internal static class RecurrentOperators
{
    public static (Tensor Output, Tensor Hidden, Tensor Cell) Lstm(Tensor input, Tensor h0, Tensor c0, RecurrentWeights weights, bool training)
    {
        if (FusedKernels.ServesLstm(input))
            return FusedLstm(input, h0, c0, weights, training);
        var shape = weights.Shape;
        return Op.Call3(
            "lstm.input", input, new[] { h0, c0 }, weights.All, shape.HasBias, shape.Layers, shape.Dropout, training, shape.Bidirectional, shape.BatchFirst);
    }

    public static (Tensor Output, Tensor Hidden) Gru(Tensor input, Tensor h0, RecurrentWeights weights, bool training)
    {
        var shape = weights.Shape;
        return Op.Call2(
            "gru.input", input, h0, weights.All, shape.HasBias, shape.Layers, shape.Dropout, training, shape.Bidirectional, shape.BatchFirst);
    }

    private static (Tensor Output, Tensor Hidden, Tensor Cell) FusedLstm(Tensor input, Tensor h0, Tensor c0, RecurrentWeights weights, bool training)
    {
        var shape = weights.Shape;
        var value = shape.BatchFirst ? input : input.transpose(0, 1); // [batch, time, in]
        var hidden = new List<Tensor>();
        var cell = new List<Tensor>();
        for (var layer = 0; layer < shape.Layers; layer++)
        {
            if (layer > 0 && shape.Dropout > 0)
                value = nn.functional.dropout(value, shape.Dropout, training);
            var outputs = new Tensor[shape.Directions];
            for (var direction = 0; direction < shape.Directions; direction++)
            {
                var state = layer * shape.Directions + direction;
                var (inputWeight, hiddenWeight, inputBias, hiddenBias) = weights.Of(layer, direction);
                var (output, h, c) = FusedKernels.Lstm(
                    direction == 0 ? value : value.flip(1), h0.select(0, state), c0.select(0, state), inputWeight, hiddenWeight, inputBias, hiddenBias);
                outputs[direction] = direction == 0 ? output : output.flip(1);
                hidden.Add(h);
                cell.Add(c);
            }
            value = outputs.Length == 1 ? outputs[0] : cat(outputs, -1);
        }
        return (shape.BatchFirst ? value : value.transpose(0, 1), Stacked(hidden), Stacked(cell));
    }

    private static Tensor Stacked(List<Tensor> states) => states.Count == 1 ? states[0].unsqueeze(0) : stack(states);
}
