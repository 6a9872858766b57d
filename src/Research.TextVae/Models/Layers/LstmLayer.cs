using System.Globalization;
using Research.TextVae.Kernels;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Research.TextVae.Models.Layers;

/// <summary>
/// One LSTM layer or several above each other, the batch first, with PyTorch's names and initial weights, by <see cref="LstmKernel"/>.
/// </summary>
public sealed class LstmLayer : nn.Module<Tensor, (Tensor, Tensor)?, (Tensor, Tensor, Tensor)>, IHasPrecision
{
    private readonly int layers;
    private readonly long hidden;
    private readonly double dropout;

    /// <param name="inputs">Width of the input.</param>
    /// <param name="hidden">Width of the states.</param>
    /// <param name="layers">Layers.</param>
    /// <param name="dropout">Fraction of what passes from one layer to the next that is dropped in training.</param>
    public LstmLayer(long inputs, long hidden, int layers = 1, double dropout = 0)
        : base(nameof(LstmLayer))
    {
        (this.layers, this.hidden, this.dropout) = (layers, hidden, dropout);
        var bound = 1 / Math.Sqrt(hidden);
        for (var layer = 0; layer < layers; layer++)
        {
            Add("weight_ih", layer, 4 * hidden, layer == 0 ? inputs : hidden);
            Add("weight_hh", layer, 4 * hidden, hidden);
            Add("bias_ih", layer, 4 * hidden);
            Add("bias_hh", layer, 4 * hidden);
        }

        this.KeepTensors();

        void Add(string name, int layer, params long[] size)
        {
            var parameter = nn.Parameter(empty(size));
            nn.init.uniform_(parameter, -bound, bound);
            register_parameter(Key(name, layer), parameter);
        }
    }

    /// <inheritdoc/>
    public Precision Precision { get; set; }

    /// <summary>Both weights of a layer side by side, [4 · hidden, in + hidden], and both biases together, [4 · hidden].</summary>
    public (Tensor Weight, Tensor Bias) Joined(int layer) =>
        (cat([Get("weight_ih", layer), Get("weight_hh", layer)], 1), Get("bias_ih", layer) + Get("bias_hh", layer));

    /// <param name="input">[batch, time, inputs].</param>
    /// <param name="state">h and c before the first token, each [layers, batch, hidden]; zeros when absent.</param>
    /// <returns>The last layer's states [batch, time, hidden], and h and c of all layers after the last token, [layers, batch,
    /// hidden].</returns>
    public override (Tensor, Tensor, Tensor) forward(Tensor input, (Tensor, Tensor)? state = null)
    {
        using var scope = NewDisposeScope();
        var (h0, c0) = state is var (h, c) ? (h, c) : (zeros([layers, input.shape[0], hidden], input.dtype, input.device), null);
        var (hiddens, cells) = (new Tensor[layers], new Tensor[layers]);
        var value = input;
        for (var layer = 0; layer < layers; layer++)
        {
            if (layer > 0 && training)
                value = DropoutKernel.Compute(value, dropout);
            (value, hiddens[layer], cells[layer]) = LstmKernel.Compute(
                value, h0[layer], (c0 ?? h0)[layer], Get("weight_ih", layer), Get("weight_hh", layer),
                Get("bias_ih", layer) + Get("bias_hh", layer), Precision);
        }

        return (value.MoveToOuterDisposeScope(), Stacked(hiddens).MoveToOuterDisposeScope(), Stacked(cells).MoveToOuterDisposeScope());
    }

    /// <inheritdoc cref="forward"/>
    public new (Tensor Output, Tensor Hidden, Tensor Cell) call(Tensor input, (Tensor, Tensor)? state = null) => base.call(input, state);

    private Parameter Get(string name, int layer) => get_parameter(Key(name, layer))!;

    private static string Key(string name, int layer) => string.Create(CultureInfo.InvariantCulture, $"{name}_l{layer}");

    private static Tensor Stacked(Tensor[] states) => states.Length == 1 ? states[0].unsqueeze(0) : stack(states);

    /// <inheritdoc/>
    protected override void RegisterComponents()
    {
        // The weights are registered as they are made.
    }
}
