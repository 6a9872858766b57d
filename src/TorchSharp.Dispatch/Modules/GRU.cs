using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TorchSharp.Modules
{
    /// <summary>
    /// A stack of gated recurrent unit layers (Cho et al. 2014), gates in PyTorch's order r, z, n. Shapes as in <see cref="LSTM"/>.
    /// </summary>
    public sealed class GRU : nn.Module<Tensor, Tensor?, (Tensor, Tensor)>
    {
        private readonly RecurrentWeights weights;

        internal GRU(RecurrentShape shape, Device? device, ScalarType? dtype)
            : base(nameof(GRU)) => weights = new RecurrentWeights(shape, gates: 3, device, dtype, register_parameter);

        /// <returns>Output of the last layer, last hidden state.</returns>
        public override (Tensor, Tensor) forward(Tensor input, Tensor? h0 = null)
        {
            weights.Shape.CheckInput(input, nameof(GRU));
            using var scope = NewDisposeScope();
            var (output, h) = RecurrentOperators.Gru(input, h0 ?? weights.Shape.ZeroState(input), weights, training);
            return (output.MoveToOuterDisposeScope(), h.MoveToOuterDisposeScope());
        }

        public new (Tensor, Tensor) call(Tensor input, Tensor? h0 = null) => base.call(input, h0);

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
            public static GRU GRU(long inputSize, long hiddenSize, long numLayers = 1, bool bias = true, bool batchFirst = false, double dropout = 0.0, bool bidirectional = false, Device? device = null, ScalarType? dtype = null) =>
                new(new(inputSize, hiddenSize, (int)numLayers, bias, batchFirst, dropout, bidirectional), device, dtype);
        }
    }
}
