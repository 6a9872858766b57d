using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TorchSharp.Modules
{
    /// <summary>
    /// A stack of long short-term memory layers (Hochreiter and Schmidhuber 1997), gates in PyTorch's order i, f, g, o.
    /// Input [time, batch, in], or [batch, time, in] when batch first; output likewise with hidden · directions features;
    /// states [layers · directions, batch, hidden], zeros when not given.
    /// </summary>
    public sealed class LSTM : nn.Module<Tensor, (Tensor, Tensor)?, (Tensor, Tensor, Tensor)>
    {
        private readonly RecurrentWeights weights;

        internal LSTM(RecurrentShape shape, Device? device, ScalarType? dtype)
            : base(nameof(LSTM)) => weights = new RecurrentWeights(shape, gates: 4, device, dtype, register_parameter);

        /// <returns>Output of the last layer, last hidden state, last cell state.</returns>
        public override (Tensor, Tensor, Tensor) forward(Tensor input, (Tensor, Tensor)? h0_c0 = null)
        {
            weights.Shape.CheckInput(input, nameof(LSTM));
            using var scope = NewDisposeScope();
            var (h0, c0) = h0_c0 ?? (weights.Shape.ZeroState(input), weights.Shape.ZeroState(input));
            var (output, h, c) = RecurrentOperators.Lstm(input, h0, c0, weights, training);
            return (output.MoveToOuterDisposeScope(), h.MoveToOuterDisposeScope(), c.MoveToOuterDisposeScope());
        }

        public new (Tensor, Tensor, Tensor) call(Tensor input, (Tensor, Tensor)? h0_c0 = null) => base.call(input, h0_c0);

        /// <summary>Does nothing here: the weights need no special layout.</summary>
        public void flatten_parameters()
        {
        }

        // The weights have registered themselves.
        protected override void RegisterComponents()
        {
        }
    }
}

namespace TorchSharp
{
    public static partial class torch
    {
        public static partial class nn
        {
            public static LSTM LSTM(long inputSize, long hiddenSize, long numLayers = 1, bool bias = true, bool batchFirst = false, double dropout = 0.0, bool bidirectional = false, Device? device = null, ScalarType? dtype = null) =>
                new(new(inputSize, hiddenSize, (int)numLayers, bias, batchFirst, dropout, bidirectional), device, dtype);
        }
    }
}
