using TorchSharp;
using static TorchSharp.torch;

namespace Research.TextVae.Kernels;

/// <summary>
/// What the two losses over a vocabulary share in their fused form: gradients are computed in the forward pass, for the upstream gradient
/// that the caller expects; another one only scales them.
/// </summary>
internal static unsafe class VocabularyLoss
{
    /// <summary>What each row is to predict, and how a kernel is called with it.</summary>
    public abstract record Rows
    {
        /// <summary>Its tensors.</summary>
        public abstract IReadOnlyList<Tensor> Tensors { get; }

        /// <summary>The same over these tensors.</summary>
        public abstract Rows With(IReadOnlyList<Tensor> tensors);

        /// <summary>Calls the kernel.</summary>
        /// <returns>Its status.</returns>
        public abstract int Run(Call call);

        /// <summary>What is outside its range.</summary>
        public abstract string OutOfRange(long vocabulary);
    }

    /// <summary>The arguments that both kernels take.</summary>
    public readonly ref struct Call
    {
        public required Precision Precision { get; init; }

        public required long Rows { get; init; }

        public required long Hidden { get; init; }

        public required long Vocabulary { get; init; }

        public required float* X { get; init; }

        public required float* W { get; init; }

        public required float* B { get; init; }

        public required float Upstream { get; init; }

        public required float* Losses { get; init; }

        public required double* Sum { get; init; }

        public required float* DX { get; init; }

        public required float* DW { get; init; }

        public required float* DB { get; init; }
    }

    /// <returns>The sum, with gradient, and the loss of each row without.</returns>
    public static (Tensor Sum, Tensor RowLoss) Run(
        Rows rows, Tensor input, Tensor weight, Tensor? bias, double expected, Precision precision)
    {
        using var scope = NewDisposeScope();
        bias ??= zeros(weight.shape[0]);
        if (!KernelLibrary.NeedsGradient(input, weight, bias))
        {
            var result = Compute(rows, input, weight, bias, 1, precision, false, false);
            return (result.Sum.MoveToOuterDisposeScope(), result.RowLoss.MoveToOuterDisposeScope());
        }

        var options = new Options(rows, (float)expected, precision);
        var sum = Fused.apply(input, weight, bias, options);
        return (sum.MoveToOuterDisposeScope(), options.RowLoss!.MoveToOuterDisposeScope());
    }

    private sealed record Options(Rows Rows, float Expected, Precision Precision)
    {
        // Beside the function's result: it has no gradient.
        public Tensor? RowLoss { get; set; }
    }

    private sealed record Computed(Tensor Sum, Tensor RowLoss, Tensor? DInput, Tensor? DWeight, Tensor? DBias);

    private static Computed Compute(
        Rows rows, Tensor input, Tensor weight, Tensor bias, float upstream, Precision precision, bool inputGradient, bool weightGradient)
    {
        var (x, w, b) = (KernelLibrary.Dense(input), KernelLibrary.Dense(weight), KernelLibrary.Dense(bias));
        var losses = ResultMemory.Empty(x.shape[0]);
        var dx = inputGradient ? ResultMemory.Empty(x.shape) : null;
        var dw = weightGradient ? ResultMemory.Empty(w.shape) : null;
        var db = inputGradient || weightGradient ? ResultMemory.Empty(w.shape[0]) : null;
        double sum;
        var status = rows.Run(new Call
        {
            Precision = precision,
            Rows = x.shape[0],
            Hidden = w.shape[1],
            Vocabulary = w.shape[0],
            X = KernelLibrary.Floats(x),
            W = KernelLibrary.Floats(w),
            B = KernelLibrary.Floats(b),
            Upstream = upstream,
            Losses = KernelLibrary.Floats(losses),
            Sum = &sum,
            DX = KernelLibrary.Floats(dx),
            DW = KernelLibrary.Floats(dw),
            DB = KernelLibrary.Floats(db),
        });
        KernelLibrary.Check(status, () => rows.OutOfRange(weight.shape[0]));
        return new(tensor((float)sum), losses, dx, dw, db);
    }

    private sealed class Fused : autograd.SingleTensorFunction<Fused>
    {
        private sealed record Context(
            Options Options, bool Input, bool Weight, bool Bias, DirectGradient? WeightGradient, DirectGradient? BiasGradient)
        {
            // Handed out once; a graph that is kept and gone through again computes them anew.
            public bool Used { get; set; }
        }

        public override string Name => nameof(VocabularyLoss);

        public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
        {
            var (input, weight, bias, options) = ((Tensor)vars[0], (Tensor)vars[1], (Tensor)vars[2], (Options)vars[3]);
            var context = new Context(options, input.requires_grad, weight.requires_grad, bias.requires_grad,
                DirectGradient.TryCreate(weight), DirectGradient.TryCreate(bias));
            var computed = Compute(options.Rows, input, weight, bias, options.Expected, options.Precision, context.Input,
                context.Weight || context.Bias);
            ctx.save_for_backward(
                [input, weight, bias, .. options.Rows.Tensors,
                    .. new[] { computed.DInput, computed.DWeight, computed.DBias }.OfType<Tensor>()]);
            ctx.save_data(nameof(Context), context);
            ctx.set_materialize_grads(false);
            options.RowLoss = computed.RowLoss;
            return computed.Sum;
        }

        public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor upstream) =>
            BackwardPass.Guard(3, 1, () => Gradients(ctx, upstream));

        private static List<Tensor> Gradients(autograd.AutogradContext ctx, Tensor upstream)
        {
            using var pass = new BackwardPass(upstream);
            var context = (Context)ctx.get_data(nameof(Context));
            var saved = new Queue<Tensor>(ctx.get_saved_variables());
            var (input, weight, bias) = (saved.Dequeue(), saved.Dequeue(), saved.Dequeue());
            var rows = context.Options.Rows.With([.. context.Options.Rows.Tensors.Select(_ => saved.Dequeue())]);
            var weights = context.Weight || context.Bias;
            var (dx, dw, db) = (context.Input ? saved.Dequeue() : null, weights ? saved.Dequeue() : null, saved.Dequeue());
            if (context.Used)
            {
                var again = Compute(rows, input, weight, bias, context.Options.Expected, context.Options.Precision, context.Input, weights);
                (dx, dw, db) = (again.DInput, again.DWeight, again.DBias!);
            }

            context.Used = true;
            var scale = upstream.item<float>() / context.Options.Expected;
            // By the kernel: an operator would count as a change of what is saved, which ends a second pass through the graph.
            if (scale != 1)
                GradientNorm.Scale([.. new[] { dx, dw, db }.OfType<Tensor>()], scale);
            return pass.Return(
                dx, context.Weight ? DirectGradient.Give(context.WeightGradient, dw) : null,
                context.Bias ? DirectGradient.Give(context.BiasGradient, db) : null, null);
        }
    }
}
