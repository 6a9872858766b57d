using System.Runtime.InteropServices;
using TorchSharp;
using static TorchSharp.torch;

namespace Research.TextVae.Kernels;

/// <summary>The Gaussian error linear unit x Φ(x) (Hendrycks and Gimpel 2016).</summary>
public static unsafe partial class GeluKernel
{
    /// <param name="input">Of any shape.</param>
    public static Tensor Compute(Tensor input)
    {
        ArgumentNullException.ThrowIfNull(input);
        if (!KernelLibrary.Serves(input))
            return Reference(input);
        using var scope = NewDisposeScope();
        return (KernelLibrary.NeedsGradient(input) ? Fused.apply(input) : Fused.Run(KernelLibrary.Dense(input))).MoveToOuterDisposeScope();
    }

    /// <summary>The same in standard operators.</summary>
    internal static Tensor Reference(Tensor input) => nn.functional.gelu(input);

    private sealed class Fused : autograd.SingleTensorFunction<Fused>
    {
        public override string Name => nameof(GeluKernel);

        public static Tensor Run(Tensor x)
        {
            var y = ResultMemory.Empty(x.shape);
            KernelLibrary.Check(textvae_gelu_forward(get_num_threads(), x.numel(), KernelLibrary.Floats(x), KernelLibrary.Floats(y)));
            return y;
        }

        public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
        {
            var x = KernelLibrary.Dense((Tensor)vars[0]);
            ctx.set_materialize_grads(false);
            ctx.save_for_backward([x]);
            return Run(x);
        }

        public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor upstream) =>
            BackwardPass.Guard(1, 0, () => Gradients(ctx, upstream));

        private static List<Tensor> Gradients(autograd.AutogradContext ctx, Tensor upstream)
        {
            using var pass = new BackwardPass(upstream);
            var (x, dy) = (ctx.get_saved_variables()[0], KernelLibrary.Dense(upstream));
            var dx = ResultMemory.Empty(x.shape);
            KernelLibrary.Check(
                textvae_gelu_backward(
                    get_num_threads(), x.numel(), KernelLibrary.Floats(x), KernelLibrary.Floats(dy), KernelLibrary.Floats(dx)));
            return pass.Return(dx);
        }
    }

    [LibraryImport(KernelLibrary.Name)]
    private static partial int textvae_gelu_forward(int threads, long size, float* x, float* y);

    [LibraryImport(KernelLibrary.Name)]
    private static partial int textvae_gelu_backward(int threads, long size, float* x, float* dy, float* dx);
}
