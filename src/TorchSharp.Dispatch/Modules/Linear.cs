using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TorchSharp.Modules
{
    /// <summary>y = x·Wᵀ + b over the last axis: [..., in] to [..., out]; weight [out, in], bias [out].</summary>
    public sealed class Linear : nn.Module<Tensor, Tensor>
    {
        private Parameter? _weight;
        private Parameter? _bias;

        internal Linear(Parameter weight, Parameter? bias)
            : base(nameof(Linear))
        {
            this.weight = weight;
            this.bias = bias;
            (out_features, in_features) = (weight.shape[0], weight.shape[1]);
        }

        internal Linear(long inputSize, long outputSize, bool hasBias, Device? device, ScalarType? dtype)
            : this(
                nn.Parameter(empty(outputSize, inputSize, dtype: dtype, device: device)),
                hasBias ? nn.Parameter(empty(outputSize, dtype: dtype, device: device)) : null)
        {
            nn.init.kaiming_uniform_(weight, a: Math.Sqrt(5));
            var bound = inputSize > 0 ? 1 / Math.Sqrt(inputSize) : 0;
            if (bias is not null)
                nn.init.uniform_(bias, -bound, bound);
        }

        public long in_features { get; set; }

        public long out_features { get; set; }

        public Parameter weight
        {
            get => _weight!;
            set => Replace(nameof(weight), ref _weight, value);
        }

        public Parameter? bias
        {
            get => _bias;
            set => Replace(nameof(bias), ref _bias, value);
        }

        public override Tensor forward(Tensor input) => nn.functional.linear(input, weight, bias);

        // The properties have registered everything.
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
            /// <summary>A linear layer with PyTorch's initialisation: weight and bias uniform on ±1/√in.</summary>
            public static Linear Linear(long inputSize, long outputSize, bool hasBias = true, Device? device = null, ScalarType? dtype = null) =>
                new(inputSize, outputSize, hasBias, device, dtype);

            /// <summary>A linear layer with the given weight [out, in] and bias [out].</summary>
            public static Linear Linear(Parameter weight, Parameter? bias = null) => new(weight, bias);
        }
    }
}
