using System.Globalization;
using static TorchSharp.torch;

namespace TorchSharp.Modules;

/// <summary>The weights of a recurrent network, by layer and direction, under PyTorch's names.</summary>
internal sealed class RecurrentWeights
{
    private readonly List<Parameter> parameters = [];
    private Tensor[]? all;

    /// <summary>Makes the weights, uniform on ±1/√hidden, and hands each with its name to the module.</summary>
    /// <param name="gates">Rows of a weight in units of the hidden size: 4 for an LSTM, 3 for a GRU.</param>
    public RecurrentWeights(RecurrentShape shape, int gates, Device? device, ScalarType? dtype, Action<string, Parameter> register)
    {
        Shape = shape;
        var bound = shape.HiddenSize > 0 ? 1 / Math.Sqrt(shape.HiddenSize) : 0;
        for (var layer = 0; layer < shape.Layers; layer++)
        {
            for (var direction = 0; direction < shape.Directions; direction++)
            {
                var suffix = string.Create(CultureInfo.InvariantCulture, $"_l{layer}{(direction == 1 ? "_reverse" : "")}");
                var inputSize = layer == 0 ? shape.InputSize : shape.HiddenSize * shape.Directions;
                var rows = gates * shape.HiddenSize;
                Add("weight_ih" + suffix, rows, inputSize);
                Add("weight_hh" + suffix, rows, shape.HiddenSize);
                if (!shape.HasBias)
                    continue;
                Add("bias_ih" + suffix, rows);
                Add("bias_hh" + suffix, rows);
            }
        }

        void Add(string name, params long[] size)
        {
            var parameter = nn.Parameter(empty(size, dtype: dtype, device: device));
            nn.init.uniform_(parameter, -bound, bound);
            register(name, parameter);
            parameters.Add(parameter);
        }
    }

    public RecurrentShape Shape { get; }

    /// <summary>All weights in the order the operators take them.</summary>
    public Tensor[] All => all ??= [.. parameters];

    /// <summary>Weights of one layer and direction: input, hidden and, when there are biases, both biases.</summary>
    public (Parameter Input, Parameter Hidden, Parameter? InputBias, Parameter? HiddenBias) Of(int layer, int direction)
    {
        var count = Shape.HasBias ? 4 : 2;
        var first = (layer * Shape.Directions + direction) * count;
        return (parameters[first], parameters[first + 1], Shape.HasBias ? parameters[first + 2] : null, Shape.HasBias ? parameters[first + 3] : null);
    }
}
