using System.Runtime.InteropServices;
using TorchSharp;
using static TorchSharp.torch;

namespace Research.TextVae.Kernels;

/// <summary>
/// One LSTM layer over a whole sequence (Hochreiter and Schmidhuber 1997, with the forget gate of Gers et al. 2000), gates in PyTorch's
/// order i, f, g, o.
/// </summary>
// i, f, o = σ(W x_t + U h_{t−1} + b), g = tanh(…);   c_t = f c_{t−1} + i g;   h_t = o tanh(c_t)
public static unsafe partial class LstmKernel
{
    /// <param name="input">[batch, time, in].</param>
    /// <param name="h0">[batch, hidden].</param>
    /// <param name="c0">[batch, hidden].</param>
    /// <param name="inputWeight">W [4 · hidden, in].</param>
    /// <param name="hiddenWeight">U [4 · hidden, hidden].</param>
    /// <param name="bias">Both of PyTorch's biases together; [4 · hidden].</param>
    /// <param name="precision">What the products are computed in.</param>
    /// <returns>h [batch, time, hidden], and the last h and c, [batch, hidden].</returns>
    /// <exception cref="ArgumentException">The shapes do not fit.</exception>
    public static (Tensor Output, Tensor Hidden, Tensor Cell) Compute(
        Tensor input, Tensor h0, Tensor c0, Tensor inputWeight, Tensor hiddenWeight, Tensor bias, Precision precision = Precision.Float32)
    {
        CheckShapes(input, h0, c0, inputWeight, hiddenWeight, bias);
        if (!CanRun(input, h0, c0, inputWeight, hiddenWeight, bias))
            return Reference(input, h0, c0, inputWeight, hiddenWeight, bias);
        if (!KernelLibrary.NeedsGradient(input, h0, c0, inputWeight, hiddenWeight, bias))
        {
            var (results, _, _) = Fused.Run(input, h0, c0, inputWeight, hiddenWeight, bias, precision, save: false);
            return Fused.Split(results, input.shape[0], input.shape[1], hiddenWeight.shape[1]);
        }

        using var scope = NewDisposeScope();
        var (output, last, state) = Fused.Split(
            Fused.apply(input, h0, c0, inputWeight, hiddenWeight, bias, precision), input.shape[0], input.shape[1], hiddenWeight.shape[1]);
        return (output.MoveToOuterDisposeScope(), last.MoveToOuterDisposeScope(), state.MoveToOuterDisposeScope());
    }

    /// <summary>The same in standard operators.</summary>
    internal static (Tensor Output, Tensor Hidden, Tensor Cell) Reference(
        Tensor input, Tensor h0, Tensor c0, Tensor inputWeight, Tensor hiddenWeight, Tensor bias)
    {
        var projected = nn.functional.linear(input, inputWeight, bias).unbind(1); // time × [batch, 4 · hidden]
        var recurrent = hiddenWeight.t();
        var (h, c) = (h0, c0);
        var outputs = new Tensor[projected.Length];
        for (var t = 0; t < outputs.Length; t++)
        {
            var gates = (projected[t] + h.matmul(recurrent)).chunk(4, 1);
            c = gates[1].sigmoid() * c + gates[0].sigmoid() * gates[2].tanh();
            outputs[t] = h = gates[3].sigmoid() * c.tanh();
        }

        return (stack(outputs, 1), h, c);
    }

    private static bool CanRun(Tensor input, params ReadOnlySpan<Tensor> others)
    {
        if (input.numel() == 0 || !KernelLibrary.Serves(input))
            return false;
        foreach (var tensor in others)
            if (tensor.device_type != DeviceType.CPU)
                return false;
        return true;
    }

    private static void CheckShapes(Tensor input, Tensor h0, Tensor c0, Tensor inputWeight, Tensor hiddenWeight, Tensor bias)
    {
        ArgumentNullException.ThrowIfNull(input);
        ArgumentNullException.ThrowIfNull(hiddenWeight);
        Shapes.Require(input.dim() == 3 && input.shape[1] > 0, nameof(input), "must be [batch, time, in] with at least one time step",
            input);
        Shapes.Require(hiddenWeight.dim() == 2 && hiddenWeight.shape[0] == 4 * hiddenWeight.shape[1], nameof(hiddenWeight),
            "must be [4 · hidden, hidden]", hiddenWeight);
        var (batch, inputs, hidden) = (input.shape[0], input.shape[2], hiddenWeight.shape[1]);
        Shapes.Require(inputWeight.shape is [var rows, var columns] && rows == 4 * hidden && columns == inputs, nameof(inputWeight),
            $"must be [{4 * hidden}, {inputs}] for input {Shapes.Describe(input)}", inputWeight);
        Shapes.Require(bias.shape is [var size] && size == 4 * hidden, nameof(bias), $"must be [{4 * hidden}]", bias);
        Shapes.Require(h0.shape is [var n, var m] && n == batch && m == hidden, nameof(h0), $"must be [{batch}, {hidden}]", h0);
        Shapes.Require(c0.shape is [var p, var q] && p == batch && q == hidden, nameof(c0), $"must be [{batch}, {hidden}]", c0);
        foreach (var (tensor, name) in new[] { (h0, nameof(h0)), (c0, nameof(c0)), (inputWeight, nameof(inputWeight)),
            (hiddenWeight, nameof(hiddenWeight)), (bias, nameof(bias)) })
            Shapes.Require(tensor.dtype == input.dtype, name, $"must be {input.dtype} as the input is", tensor);
    }

    [StructLayout(LayoutKind.Sequential)]
    private readonly record struct Shape(long Batch, long Time, long Inputs, long Hidden);

    // Its results are one tensor: h of all steps [batch, time, hidden], then the last h and c, [batch, hidden]. Of several, autograd would
    // hand in undefined gradients for those that nothing depends on.
    private sealed class Fused : autograd.SingleTensorFunction<Fused>
    {
        private sealed record Context(
            Shape Shape, long ChunkRows, Precision Precision, bool Input, bool Weights, DirectGradient? InputWeight,
            DirectGradient? HiddenWeight, DirectGradient? Bias);

        public override string Name => nameof(LstmKernel);

        public static (Tensor Results, Tensor? Saved, long ChunkRows) Run(
            Tensor input, Tensor h0, Tensor c0, Tensor inputWeight, Tensor hiddenWeight, Tensor bias, Precision precision, bool save)
        {
            var shape = new Shape(input.shape[0], input.shape[1], input.shape[2], hiddenWeight.shape[1]);
            var (x, h, c) = (KernelLibrary.Dense(input), KernelLibrary.Dense(h0), KernelLibrary.Dense(c0));
            var (wi, wh, b) = (KernelLibrary.Dense(inputWeight), KernelLibrary.Dense(hiddenWeight), KernelLibrary.Dense(bias));
            var results = ResultMemory.Empty((shape.Time + 2) * shape.Batch * shape.Hidden);
            var output = KernelLibrary.Floats(results);
            var last = output + (shape.Time * shape.Batch * shape.Hidden);
            var saved = save ? ResultMemory.Empty(textvae_lstm_saved_size(&shape)) : null;
            long rows;
            KernelLibrary.Check(textvae_lstm_forward(
                get_num_threads(), (int)precision, &shape, KernelLibrary.Floats(x), KernelLibrary.Floats(h), KernelLibrary.Floats(c),
                KernelLibrary.Floats(wi), KernelLibrary.Floats(wh),
                KernelLibrary.Floats(b), output, last, last + (shape.Batch * shape.Hidden), KernelLibrary.Floats(saved), &rows));
            return (results, saved, rows);
        }

        public static (Tensor Output, Tensor Hidden, Tensor Cell) Split(Tensor results, long batch, long time, long hidden)
        {
            var (all, one) = (batch * time * hidden, batch * hidden);
            return (
                results.narrow(0, 0, all).view(batch, time, hidden), results.narrow(0, all, one)
                    .view(batch, hidden), results.narrow(0, all + one, one).view(batch, hidden));
        }

        public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
        {
            var (input, h0, c0, wi, wh, bias) = ((Tensor)vars[0], (Tensor)vars[1], (Tensor)vars[2], (Tensor)vars[3], (Tensor)vars[4],
                (Tensor)vars[5]);
            var precision = (Precision)vars[6];
            var (results, saved, rows) = Run(input, h0, c0, wi, wh, bias, precision, save: true);
            ctx.set_materialize_grads(false);
            ctx.save_for_backward([wi, wh, saved!]);
            ctx.save_data(nameof(Context), new Context(
                new(input.shape[0], input.shape[1], input.shape[2], wh.shape[1]), rows, precision, input.requires_grad,
                wi.requires_grad || wh.requires_grad || bias.requires_grad, DirectGradient.TryCreate(wi), DirectGradient.TryCreate(wh),
                DirectGradient.TryCreate(bias)));
            return results;
        }

        public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor upstream) =>
            BackwardPass.Guard(6, 1, () => Gradients(ctx, upstream));

        private static List<Tensor> Gradients(autograd.AutogradContext ctx, Tensor upstream)
        {
            using var pass = new BackwardPass(upstream);
            var saved = ctx.get_saved_variables();
            var context = (Context)ctx.get_data(nameof(Context));
            var shape = context.Shape;
            var (wi, wh) = (KernelLibrary.Dense(saved[0]), KernelLibrary.Dense(saved[1]));
            var dResults = KernelLibrary.Dense(upstream);
            var dy = KernelLibrary.Floats(dResults);
            var dh = dy + (shape.Time * shape.Batch * shape.Hidden);
            var dx = context.Input ? ResultMemory.Empty(shape.Batch, shape.Time, shape.Inputs) : null;
            var (dh0, dc0) = (ResultMemory.Empty(shape.Batch, shape.Hidden), ResultMemory.Empty(shape.Batch, shape.Hidden));
            var dwi = context.Weights ? ResultMemory.Empty(wi.shape) : null;
            var dwh = context.Weights ? ResultMemory.Empty(wh.shape) : null;
            var db = context.Weights ? ResultMemory.Empty(wi.shape[0]) : null;
            KernelLibrary.Check(textvae_lstm_backward(
                get_num_threads(), (int)context.Precision, &shape, context.ChunkRows, KernelLibrary.Floats(wi), KernelLibrary.Floats(wh),
                KernelLibrary.Floats(saved[2]),
                dy, dh, dh + (shape.Batch * shape.Hidden), KernelLibrary.Floats(dx), KernelLibrary.Floats(dh0), KernelLibrary.Floats(dc0),
                KernelLibrary.Floats(dwi), KernelLibrary.Floats(dwh), KernelLibrary.Floats(db)));
            return pass.Return(
                dx, dh0, dc0, DirectGradient.Give(context.InputWeight, dwi), DirectGradient.Give(context.HiddenWeight, dwh),
                DirectGradient.Give(context.Bias, db), null);
        }
    }

    [LibraryImport(KernelLibrary.Name)]
    private static partial long textvae_lstm_saved_size(Shape* shape);

    [LibraryImport(KernelLibrary.Name)]
    private static partial int textvae_lstm_forward(
        int threads, int precision, Shape* shape, float* x, float* h0, float* c0, float* wi, float* wh, float* bias, float* output,
        float* h, float* c, float* saved, long* chunkRows);

    [LibraryImport(KernelLibrary.Name)]
    private static partial int textvae_lstm_backward(
        int threads, int precision, Shape* shape, long chunkRows, float* wi, float* wh, float* saved, float* dOutput, float* dH, float* dC,
        float* dx, float* dh0, float* dc0, float* dwi, float* dwh, float* db);
}
