using System.Runtime.InteropServices;
using TorchSharp;
using static TorchSharp.torch;

namespace Research.TextVae.Kernels;

/// <summary>y = x Wᵀ + b. LibTorch's float32 products reach half of the speed on processors that its library was not made for.</summary>
public static unsafe partial class LinearKernel
{
    // Multiply-adds below which training gains nothing.
    private const long FewestOperations = 1 << 22;

    /// <param name="input">[…, in].</param>
    /// <param name="weight">[out, in].</param>
    /// <param name="bias">[out], or none.</param>
    /// <param name="precision">What the products are computed in.</param>
    /// <returns>[…, out]. Without gradients a row's result does not depend on the rows beside it.</returns>
    /// <exception cref="ArgumentException">The shapes do not fit.</exception>
    public static Tensor Compute(Tensor input, Tensor weight, Tensor? bias, Precision precision = Precision.Float32)
    {
        ArgumentNullException.ThrowIfNull(input);
        ArgumentNullException.ThrowIfNull(weight);
        Shapes.Require(weight.dim() == 2, nameof(weight), "must be [out, in]", weight);
        var inputs = weight.shape[1];
        Shapes.Require(input.dim() >= 1 && input.shape[^1] == inputs, nameof(input),
            $"must be [..., {inputs}] for weights {Shapes.Describe(weight)}", input);
        Shapes.Require(bias is null || (bias.dim() == 1 && bias.shape[0] == weight.shape[0]), nameof(bias), $"must be [{weight.shape[0]}]",
            bias);
        var differentiable = KernelLibrary.NeedsGradient(input, weight, bias);
        if (!CanRun(input, weight, bias) || (differentiable && input.numel() * weight.shape[0] < FewestOperations))
            return Reference(input, weight, bias);
        if (!differentiable)
            return Fused.Product(input, weight, bias, precision);
        var options = new Fused.Options(precision, bias is not null);
        using var scope = NewDisposeScope();
        return (bias is null ? Fused.apply(input, weight, options) : Fused.apply(input, weight, bias, options)).MoveToOuterDisposeScope();
    }

    /// <summary>The same in standard operators.</summary>
    internal static Tensor Reference(Tensor input, Tensor weight, Tensor? bias) => nn.functional.linear(input, weight, bias);

    private static bool CanRun(Tensor input, Tensor weight, Tensor? bias) =>
        input.numel() > 0 && KernelLibrary.Serves(input) && KernelLibrary.Serves(weight) && (bias is null || KernelLibrary.Serves(bias));

    private sealed class Fused : autograd.SingleTensorFunction<Fused>
    {
        public sealed record Options(Precision Precision, bool HasBias);

        private sealed record Needed(
            bool Input, bool Weight, bool Bias, Options Options, DirectGradient? WeightGradient, DirectGradient? BiasGradient);

        public override string Name => nameof(LinearKernel);

        public static Tensor Product(Tensor input, Tensor weight, Tensor? bias, Precision precision)
        {
            var (x, w, b) = (KernelLibrary.Dense(input), KernelLibrary.Dense(weight), bias is null ? null : KernelLibrary.Dense(bias));
            var (inputs, outputs) = (w.shape[1], w.shape[0]);
            var y = ResultMemory.Empty([.. input.shape[..^1], outputs]);
            KernelLibrary.Check(textvae_linear_forward(
                get_num_threads(), (int)precision, x.numel() / inputs, inputs, outputs, KernelLibrary.Floats(x), KernelLibrary.Floats(w),
                KernelLibrary.Floats(b), KernelLibrary.Floats(y)));
            return y;
        }

        public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
        {
            var (input, weight, options) = ((Tensor)vars[0], (Tensor)vars[1], (Options)vars[^1]);
            var bias = options.HasBias ? (Tensor)vars[2] : null;
            ctx.set_materialize_grads(false);
            ctx.save_for_backward([input, weight]);
            ctx.save_data(nameof(Needed), new Needed(
                input.requires_grad, weight.requires_grad, bias is { requires_grad: true }, options, DirectGradient.TryCreate(weight),
                DirectGradient.TryCreate(bias)));
            return Product(input, weight, bias, options.Precision);
        }

        public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor upstream) => BackwardPass.Guard(
            ((Needed)ctx.get_data(nameof(Needed))).Options.HasBias ? 3 : 2, 1, () => Gradients(ctx, upstream));

        private static List<Tensor> Gradients(autograd.AutogradContext ctx, Tensor upstream)
        {
            using var pass = new BackwardPass(upstream);
            var saved = ctx.get_saved_variables();
            var needed = (Needed)ctx.get_data(nameof(Needed));
            var (x, w, dy) = (KernelLibrary.Dense(saved[0]), KernelLibrary.Dense(saved[1]), KernelLibrary.Dense(upstream));
            var dx = needed.Input ? ResultMemory.Empty(x.shape) : null;
            var dw = needed.Weight ? ResultMemory.Empty(w.shape) : null;
            var db = needed.Bias ? ResultMemory.Empty(w.shape[0]) : null;
            var inputs = w.shape[1];
            KernelLibrary.Check(textvae_linear_backward(
                get_num_threads(), (int)needed.Options.Precision, x.numel() / inputs, inputs, w.shape[0], KernelLibrary.Floats(x),
                KernelLibrary.Floats(w), KernelLibrary.Floats(dy),
                KernelLibrary.Floats(dx), KernelLibrary.Floats(dw), KernelLibrary.Floats(db)));
            var (weightGradient, biasGradient) = (DirectGradient.Give(needed.WeightGradient, dw),
                DirectGradient.Give(needed.BiasGradient, db));
            return needed.Options.HasBias ? pass.Return(dx, weightGradient, biasGradient, null) : pass.Return(dx, weightGradient, null);
        }
    }

    [LibraryImport(KernelLibrary.Name)]
    private static partial int textvae_linear_forward(
        int threads, int precision, long rows, long inputs, long outputs, float* x, float* w, float* b, float* y);

    [LibraryImport(KernelLibrary.Name)]
    private static partial int textvae_linear_backward(
        int threads, int precision, long rows, long inputs, long outputs, float* x, float* w, float* dy, float* dx, float* dw, float* db);
}
