using System.Runtime.InteropServices;
using TorchSharp;
using static TorchSharp.torch;

namespace Research.TextVae.Kernels;

/// <summary>
/// Scaled dot-product attention over several heads (Vaswani et al. 2017, section 3.2). The fused form keeps no weights: the backward pass
/// computes them anew from each row's log-sum-exp (Dao et al. 2022, "FlashAttention", section 3.1).
/// </summary>
// softmax(Q Kᵀ / √d + mask) V of each head, heads joined again
public static unsafe partial class Attention
{
    /// <summary>Attention of a text to another.</summary>
    /// <param name="query">[batch, query, width].</param>
    /// <param name="keyValue">Keys and values side by side; [batch, key, 2 · width].</param>
    /// <param name="heads">Number of attention heads; they divide the width.</param>
    /// <param name="causal">Query i sees the keys up to i + (keys − queries).</param>
    /// <param name="keyLengths">Keys of each text that are not padding, at least one; int64 [batch].</param>
    /// <param name="dropout">Fraction of the attention weights that become 0, in [0, 1).</param>
    /// <param name="precision">What the products are computed in.</param>
    /// <param name="maps">Takes the weights [batch, heads, query, key], before dropout; they exist in the reference form alone, which then
    /// runs.</param>
    /// <returns>[batch, query, width].</returns>
    /// <exception cref="ArgumentException">Shapes or types do not fit.</exception>
    public static Tensor Compute(
        Tensor query, Tensor keyValue, int heads, bool causal = false, Tensor? keyLengths = null, double dropout = 0,
        Precision precision = Precision.Float32, ICollection<Tensor>? maps = null)
    {
        ArgumentNullException.ThrowIfNull(query);
        ArgumentNullException.ThrowIfNull(keyValue);
        Shapes.Require(query.dim() == 3, nameof(query), "must be [batch, query, width]", query);
        var width = query.shape[2];
        Shapes.Require(
            keyValue.dim() == 3 && keyValue.shape[0] == query.shape[0] && keyValue.shape[2] == 2 * width && keyValue.dtype == query.dtype,
            nameof(keyValue), $"must be {query.dtype} [{query.shape[0]}, key, {2 * width}]", keyValue);
        return Compute(query, keyValue,
            new Shape(query.shape[0], query.shape[1], keyValue.shape[1], width, heads, causal ? 1 : 0, dropout, 0), keyLengths, precision,
            maps);
    }

    /// <summary>Attention of a text to itself.</summary>
    /// <param name="queryKeyValue">Queries, keys and values side by side; [batch, time, 3 · width].</param>
    /// <inheritdoc cref="Compute(Tensor, Tensor, int, bool, Tensor?, double, Precision, ICollection{Tensor}?)"/>
    public static Tensor ComputeSelf(
        Tensor queryKeyValue, int heads, bool causal = false, Tensor? keyLengths = null, double dropout = 0,
        Precision precision = Precision.Float32, ICollection<Tensor>? maps = null)
    {
        ArgumentNullException.ThrowIfNull(queryKeyValue);
        Shapes.Require(queryKeyValue.dim() == 3 && queryKeyValue.shape[2] % 3 == 0, nameof(queryKeyValue),
            "must be [batch, time, 3 · width]", queryKeyValue);
        var time = queryKeyValue.shape[1];
        return Compute(queryKeyValue, null,
            new Shape(queryKeyValue.shape[0], time, time, queryKeyValue.shape[2] / 3, heads, causal ? 1 : 0, dropout, 0), keyLengths,
            precision, maps);
    }

    // second is null for self-attention: the operands lie side by side in the first.
    private static Tensor Compute(
        Tensor first, Tensor? second, Shape shape, Tensor? keyLengths, Precision precision, ICollection<Tensor>? maps)
    {
        Shapes.Demand(shape.Heads > 0 && shape.Width % shape.Heads == 0, "heads",
            $"must divide the width {shape.Width}; there are {shape.Heads}");
        Shapes.Demand(shape.Causal == 0 || shape.Keys >= shape.Queries, "causal",
            $"attention needs as many keys as queries; there are {shape.Keys} and {shape.Queries}");
        Shapes.Demand(shape.Dropout >= 0 && shape.Dropout < 1, "dropout", $"must be in [0, 1); it is {shape.Dropout}");
        Shapes.Require(
            keyLengths is null || (keyLengths.dim() == 1 && keyLengths.shape[0] == shape.Batch && keyLengths.dtype == ScalarType.Int64),
            nameof(keyLengths), $"must be Int64 [{shape.Batch}]", keyLengths);
        if (shape.Dropout > 0)
            shape = shape with { Key = RandomMask.DrawKey() };
        if (maps is not null || !CanRun(first, second, shape))
            return Reference(first, second, shape, keyLengths, maps);
        var lengths = keyLengths is null ? null : KernelLibrary.Dense(keyLengths);
        if (!KernelLibrary.NeedsGradient(first, second))
            return Fused.Run(first, second, lengths, shape, precision, null);
        var options = new Fused.Options(shape, precision, lengths);
        using var scope = NewDisposeScope();
        return (second is null ? Fused.apply(first, options) : Fused.apply(first, second, options)).MoveToOuterDisposeScope();
    }

    private static bool CanRun(Tensor first, Tensor? second, Shape shape) =>
        shape is { Batch: > 0, Queries: > 0, Keys: > 0 } && KernelLibrary.Serves(first) && (second is null || KernelLibrary.Serves(second));

    // The same in standard operators, with the same mask of dropout.
    private static Tensor Reference(Tensor first, Tensor? second, Shape shape, Tensor? keyLengths, ICollection<Tensor>? maps)
    {
        var parts = second is null ? first.chunk(3, 2) : [first, .. second.chunk(2, 2)];
        var (query, key, value) = (Split(parts[0], shape.Heads), Split(parts[1], shape.Heads), Split(parts[2], shape.Heads));
        var scores = query.matmul(key.transpose(-2, -1)) / Math.Sqrt(shape.Width / shape.Heads);
        if (Forbidden(shape, keyLengths, query.device) is { } forbidden)
            scores = scores.masked_fill(forbidden, double.NegativeInfinity);
        var weights = scores.softmax(-1); // [batch, heads, query, key]
        maps?.Add(weights);
        if (shape.Dropout > 0)
            weights = weights * RandomMask.OfRows(shape.Key, shape.Batch * shape.Heads * shape.Queries, shape.Keys, shape.Dropout, weights)
                .view_as(weights);
        return weights.matmul(value).transpose(1, 2).flatten(2); // [batch, query, width]
    }

    // [batch, time, width] → [batch, heads, time, width / heads]
    private static Tensor Split(Tensor x, long heads) => x.reshape(x.shape[0], x.shape[1], heads, x.shape[2] / heads).transpose(1, 2);

    // True where looking is forbidden, broadcastable to [batch, heads, query, key].
    private static Tensor? Forbidden(Shape shape, Tensor? keyLengths, Device device)
    {
        var future = shape is { Causal: not 0, Queries: > 1 }
            ? ones([shape.Queries, shape.Keys], ScalarType.Bool, device).triu(1 + shape.Keys - shape.Queries)
            : null;
        var padding = keyLengths is null
            ? null
            : arange(shape.Keys, device: device).view(1, 1, 1, -1).ge(keyLengths.clamp_min(1).view(-1, 1, 1, 1));
        return future is null ? padding : padding is null ? future : future.logical_or(padding);
    }

    [StructLayout(LayoutKind.Sequential)]
    private readonly record struct Shape(
        long Batch, long Queries, long Keys, long Width, long Heads, int Causal, double Dropout, ulong Key);

    // Element [b, t, j] is at Data + b · BatchStride + t · RowStride + j.
    [StructLayout(LayoutKind.Sequential)]
    private readonly struct Rows(Tensor tensor, long column)
    {
        public readonly float* Data = KernelLibrary.Floats(tensor) + column;
        public readonly long BatchStride = tensor.stride(0);
        public readonly long RowStride = tensor.stride(1);
    }

    // Where queries, keys and values lie.
    private readonly ref struct Operands(Tensor first, Tensor? second, long width)
    {
        public readonly Rows Query = new(first, 0);
        public readonly Rows Key = new(second ?? first, second is null ? width : 0);
        public readonly Rows Value = new(second ?? first, second is null ? 2 * width : width);
    }

    private sealed class Fused : autograd.SingleTensorFunction<Fused>
    {
        public sealed record Options(Shape Shape, Precision Precision, Tensor? KeyLengths);

        public override string Name => nameof(Attention);

        public static Tensor Run(Tensor first, Tensor? second, Tensor? lengths, Shape shape, Precision precision, Tensor? logSums)
        {
            var operands = new Operands(WithDenseRows(first), second is null ? null : WithDenseRows(second), shape.Width);
            var output = ResultMemory.Empty(shape.Batch, shape.Queries, shape.Width);
            var rows = new Rows(output, 0);
            KernelLibrary.Check(textvae_attention_forward(
                get_num_threads(), (int)precision, &shape, KernelLibrary.Longs(lengths), &operands.Query, &operands.Key, &operands.Value,
                &rows, KernelLibrary.Floats(logSums)));
            return output;
        }

        public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
        {
            var options = (Options)vars[^1];
            var (first, second) = ((Tensor)vars[0], vars.Length == 2 ? null : (Tensor)vars[1]);
            var logSums = ResultMemory.Empty(options.Shape.Batch, options.Shape.Heads, options.Shape.Queries);
            var output = Run(first, second, options.KeyLengths, options.Shape, options.Precision, logSums);
            ctx.set_materialize_grads(false);
            ctx.save_for_backward([output, logSums, first, .. new[] { second, options.KeyLengths }.OfType<Tensor>()]);
            ctx.save_data(nameof(Options),
                (options.Shape, options.Precision, HasSecond: second is not null, HasLengths: options.KeyLengths is not null));
            return output;
        }

        public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor upstream) => BackwardPass.Guard(
            (((Shape, Precision, bool HasSecond, bool))ctx.get_data(nameof(Options))).HasSecond ? 2 : 1, 1, () => Gradients(ctx, upstream));

        private static List<Tensor> Gradients(autograd.AutogradContext ctx, Tensor upstream)
        {
            using var pass = new BackwardPass(upstream);
            var (shape, precision, hasSecond, hasLengths) = ((Shape, Precision, bool, bool))ctx.get_data(nameof(Options));
            var saved = ctx.get_saved_variables();
            var (first, second) = (WithDenseRows(saved[2]), hasSecond ? WithDenseRows(saved[3]) : null);
            var lengths = hasLengths ? saved[^1] : null;
            var dOutput = KernelLibrary.Dense(upstream);
            var (dFirst, dSecond) = (ResultMemory.Empty(first.shape), second is null ? null : ResultMemory.Empty(second.shape));
            var operands = new Operands(first, second, shape.Width);
            var gradients = new Operands(dFirst, dSecond, shape.Width);
            var (output, outputGradient) = (new Rows(saved[0], 0), new Rows(dOutput, 0));
            KernelLibrary.Check(textvae_attention_backward(
                get_num_threads(), (int)precision, &shape, KernelLibrary.Longs(lengths), &operands.Query, &operands.Key, &operands.Value,
                &output, &outputGradient,
                KernelLibrary.Floats(saved[1]), &gradients.Query, &gradients.Key, &gradients.Value));
            return second is null ? pass.Return(dFirst, null) : pass.Return(dFirst, dSecond, null);
        }

        private static Tensor WithDenseRows(Tensor x) => x.stride(2) == 1 ? x : x.contiguous();
    }

    [LibraryImport(KernelLibrary.Name)]
    private static partial int textvae_attention_forward(
        int threads, int precision, Shape* shape, long* keyLengths, Rows* query, Rows* key, Rows* value, Rows* output, float* logSums);

    [LibraryImport(KernelLibrary.Name)]
    private static partial int textvae_attention_backward(
        int threads, int precision, Shape* shape, long* keyLengths, Rows* query, Rows* key, Rows* value, Rows* output, Rows* dOutput,
        float* logSums, Rows* dQuery, Rows* dKey, Rows* dValue);
}
