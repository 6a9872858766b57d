using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TorchSharp.Modules
{
    /// <summary>Batch normalisation of [batch, features] or [batch, features, length] (Ioffe and Szegedy 2015).</summary>
    public sealed class BatchNorm1d : nn.Module<Tensor, Tensor>
    {
        private Parameter? _weight;
        private Parameter? _bias;
        private Tensor? _running_mean;
        private Tensor? _running_var;
        private Tensor? _num_batches_tracked;

        internal BatchNorm1d(long num_features, double eps, double? momentum, bool affine, bool track_running_stats, Device? device, ScalarType? dtype)
            : base(nameof(BatchNorm1d))
        {
            (this.num_features, this.eps, this.momentum) = (num_features, eps, momentum);
            (this.affine, this.track_running_stats) = (affine, track_running_stats);
            if (affine)
            {
                weight = nn.Parameter(ones(num_features, dtype: dtype, device: device));
                bias = nn.Parameter(zeros(num_features, dtype: dtype, device: device));
            }
            if (track_running_stats)
            {
                running_mean = zeros(num_features, dtype: dtype, device: device);
                running_var = ones(num_features, dtype: dtype, device: device);
                num_batches_tracked = tensor(0L, device: device);
            }
        }

        public long num_features { get; }

        public double eps { get; set; }

        /// <summary>Weight of the new batch in the running statistics; null averages all batches alike.</summary>
        public double? momentum { get; set; }

        public bool affine { get; }

        public bool track_running_stats { get; }

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

        public Tensor? running_mean
        {
            get => _running_mean;
            set => Replace(nameof(running_mean), ref _running_mean, value);
        }

        public Tensor? running_var
        {
            get => _running_var;
            set => Replace(nameof(running_var), ref _running_var, value);
        }

        public Tensor? num_batches_tracked
        {
            get => _num_batches_tracked;
            set => Replace(nameof(num_batches_tracked), ref _num_batches_tracked, value);
        }

        public void reset_running_stats()
        {
            if (!track_running_stats)
                return;
            nn.init.zeros_(_running_mean!);
            nn.init.ones_(_running_var!);
            nn.init.zeros_(_num_batches_tracked!);
        }

        public override Tensor forward(Tensor input)
        {
            if (input.ndim is not (2 or 3))
                throw new ArgumentException($"BatchNorm1d needs [batch, features] or [batch, features, length], got {input.ndim} dimensions.", nameof(input));
            var weightOfBatch = momentum ?? 0;
            if (training && track_running_stats)
            {
                _num_batches_tracked!.add_(1);
                weightOfBatch = momentum ?? 1.0 / _num_batches_tracked.item<long>();
            }
            return nn.functional.batch_norm(input, _running_mean, _running_var, _weight, _bias, training || !track_running_stats, weightOfBatch, eps);
        }

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
            public static BatchNorm1d BatchNorm1d(long num_features, double eps = 1e-05, double momentum = 0.1, bool affine = true, bool track_running_stats = true, Device? device = null, ScalarType? dtype = null) =>
                new(num_features, eps, momentum, affine, track_running_stats, device, dtype);
        }
    }
}
