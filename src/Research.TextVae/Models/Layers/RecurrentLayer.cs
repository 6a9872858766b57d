using System.Globalization;
using Research.TextVae.Kernels;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Research.TextVae.Models.Layers;

/// <summary>
/// LSTM or GRU layers above each other, the batch first, with PyTorch's names and initial weights. LSTMs are computed by
/// <see cref="LstmKernel"/>, GRUs by LibTorch's operator.
/// </summary>
public sealed class RecurrentLayer : nn.Module<Tensor, RecurrentState?, (Tensor, RecurrentState)>, IHasPrecision
{
    // TorchSharp has this operator only in a module with weights of its own.
    private static readonly Lazy<torch.jit.CompilationUnit> _operators = new(() => torch.jit.compile(
        """
        def gru(x: Tensor, h: Tensor, weights: List[Tensor], layers: int, dropout: float, training: bool):
            return torch.gru(x, h, weights, True, layers, dropout, training, False, True)

        """));

    private readonly int _layers;
    private readonly long _hidden;
    private readonly double _dropout;

    /// <param name="inputs">Width of the input.</param>
    /// <param name="hidden">Width of the states.</param>
    /// <param name="layers">Number of layers.</param>
    /// <param name="dropout">Fraction of what passes from one layer to the next that is dropped in training.</param>
    /// <param name="cell">What the layers are made of.</param>
    public RecurrentLayer(long inputs, long hidden, int layers = 1, double dropout = 0, RecurrentCell cell = RecurrentCell.Lstm)
        : base(nameof(RecurrentLayer))
    {
        (_layers, _hidden, _dropout, Cell) = (layers, hidden, dropout, cell);
        var (bound, gates) = (1 / Math.Sqrt(hidden), cell == RecurrentCell.Lstm ? 4 : 3);
        for (var layer = 0; layer < layers; layer++)
        {
            Add("weight_ih", layer, gates * hidden, layer == 0 ? inputs : hidden);
            Add("weight_hh", layer, gates * hidden, hidden);
            Add("bias_ih", layer, gates * hidden);
            Add("bias_hh", layer, gates * hidden);
        }

        this.KeepTensors();

        void Add(string name, int layer, params long[] size) =>
            register_parameter(Key(name, layer), InitialWeights.Uniform(bound, size));
    }

    /// <summary>What the layers are made of.</summary>
    public RecurrentCell Cell { get; }

    /// <inheritdoc/>
    public Precision Precision { get; set; }

    /// <summary>Both weights of an LSTM's layer side by side, [4 · hidden, in + hidden], and both biases together, [4 · hidden].</summary>
    public (Tensor Weight, Tensor Bias) Joined(int layer) =>
        (cat([Get("weight_ih", layer), Get("weight_hh", layer)], 1), Get("bias_ih", layer) + Get("bias_hh", layer));

    /// <summary>The state before the first token: zeros.</summary>
    /// <param name="batch">Number of texts.</param>
    public RecurrentState Start(long batch)
    {
        var like = Get("weight_hh", 0);
        var empty = zeros(_layers, batch, _hidden, dtype: like.dtype, device: like.device);
        return new RecurrentState(empty, Cell == RecurrentCell.Lstm ? empty : null);
    }

    /// <param name="input">[batch, time, inputs].</param>
    /// <param name="state">The state before the first token; zeros when absent.</param>
    /// <returns>The last layer's states [batch, time, hidden], and the state of all layers after the last token.</returns>
    public override (Tensor, RecurrentState) forward(Tensor input, RecurrentState? state = null)
    {
        using var scope = NewDisposeScope();
        var before = state ?? Start(input.shape[0]);
        var (states, hidden, cell) = Cell == RecurrentCell.Lstm ? Lstm(input, before) : Gru(input, before);
        var after = before with { Hidden = hidden, Cell = cell };
        after.MoveToOuterDisposeScope();
        return (states.MoveToOuterDisposeScope(), after);
    }

    /// <inheritdoc cref="forward"/>
    public new (Tensor States, RecurrentState After) call(Tensor input, RecurrentState? state = null) => base.call(input, state);

    private (Tensor, Tensor, Tensor?) Lstm(Tensor value, RecurrentState before)
    {
        var (hiddens, cells) = (new Tensor[_layers], new Tensor[_layers]);
        for (var layer = 0; layer < _layers; layer++)
        {
            if (layer > 0 && training)
                value = DropoutKernel.Compute(value, _dropout);
            (value, hiddens[layer], cells[layer]) = LstmKernel.Compute(
                value, before.Hidden[layer], before.Cell![layer], Get("weight_ih", layer), Get("weight_hh", layer),
                Get("bias_ih", layer) + Get("bias_hh", layer), Precision);
        }

        return (value, Stacked(hiddens), Stacked(cells));
    }

    private (Tensor, Tensor, Tensor?) Gru(Tensor input, RecurrentState before)
    {
        Tensor[] weights = [.. named_parameters().Select(entry => entry.parameter)];
        var (states, hidden) = ((Tensor, Tensor))_operators.Value.invoke("gru", input, before.Hidden, weights, _layers, _dropout, training);
        return (states, hidden, null);
    }

    private Parameter Get(string name, int layer) => get_parameter(Key(name, layer))!;

    private static string Key(string name, int layer) => string.Create(CultureInfo.InvariantCulture, $"{name}_l{layer}");

    private static Tensor Stacked(Tensor[] states) => states.Length == 1 ? states[0].unsqueeze(0) : stack(states);

    /// <inheritdoc/>
    protected override void RegisterComponents()
    {
        // The weights are registered as they are made.
    }
}
