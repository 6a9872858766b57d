using System.Runtime.InteropServices;
using TorchSharp;
using static TorchSharp.torch;

namespace Research.TextVae.Kernels;

/// <summary>
/// Inverted dropout (Srivastava et al. 2014) by a <see cref="RandomMask"/>. LibTorch draws its mask from a serial Mersenne twister, which
/// costs as much as a sixth of the matrix products of an LSTM step.
/// </summary>
public static unsafe partial class DropoutKernel
{
    /// <param name="input">Of any shape.</param>
    /// <param name="p">Probability of 0, in [0, 1].</param>
    /// <returns>x / (1 − p) where an element is kept, and 0 elsewhere.</returns>
    public static Tensor Compute(Tensor input, double p)
    {
        ArgumentNullException.ThrowIfNull(input);
        Shapes.Demand(p >= 0 && p <= 1, nameof(p), $"must be in [0, 1]; it is {p}");
        if (p == 0)
            return input;
        if (p == 1)
            return input * 0;
        var key = RandomMask.DrawKey();
        if (!KernelLibrary.Serves(input))
            return Reference(input, p, key);
        using var scope = NewDisposeScope();
        return (KernelLibrary.NeedsGradient(input) ? Fused.apply(input, p, key) : Fused.Run(input, p, key)).MoveToOuterDisposeScope();
    }

    /// <summary>The same in standard operators, with the same mask.</summary>
    internal static Tensor Reference(Tensor input, double p, ulong key) => input * RandomMask.OfElements(key, p, input);

    private sealed class Fused : autograd.SingleTensorFunction<Fused>
    {
        public override string Name => nameof(DropoutKernel);

        public static Tensor Run(Tensor input, double p, ulong key)
        {
            var x = KernelLibrary.Dense(input);
            var y = ResultMemory.Empty(x.shape);
            KernelLibrary.Check(textvae_dropout(get_num_threads(), x.numel(), p, key, KernelLibrary.Floats(x), KernelLibrary.Floats(y)));
            return y;
        }

        public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
        {
            var (p, key) = ((double)vars[1], (ulong)vars[2]);
            ctx.set_materialize_grads(false);
            ctx.save_data(nameof(RandomMask), (p, key));
            return Run((Tensor)vars[0], p, key);
        }

        // Linear in its input, so its own derivative, with the same key.
        public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor upstream) =>
            BackwardPass.Guard(1, 2, () => Gradients(ctx, upstream));

        private static List<Tensor> Gradients(autograd.AutogradContext ctx, Tensor upstream)
        {
            using var pass = new BackwardPass(upstream);
            var (p, key) = ((double, ulong))ctx.get_data(nameof(RandomMask));
            return pass.Return(Run(upstream, p, key), null, null);
        }
    }

    [LibraryImport(KernelLibrary.Name)]
    private static partial int textvae_dropout(int threads, long size, double p, ulong key, float* x, float* y);
}
