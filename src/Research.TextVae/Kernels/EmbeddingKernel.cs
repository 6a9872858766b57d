using System.Runtime.InteropServices;
using TorchSharp;
using static TorchSharp.torch;

namespace Research.TextVae.Kernels;

/// <summary>
/// Rows of a table, and weighted sums of rows over bags, with a backward pass that writes the table's gradient once: each thread clears and
/// fills rows of its own in the order of the entries, so that the result does not depend on the number of threads.
/// </summary>
public static unsafe partial class EmbeddingKernel
{
    /// <param name="weight">[rows, width].</param>
    /// <param name="indices">int64 [...].</param>
    /// <returns>[..., width].</returns>
    public static Tensor Compute(Tensor weight, Tensor indices)
    {
        CheckShapes(weight, indices);
        if (!KernelLibrary.Serves(weight) || !KernelLibrary.NeedsGradient(weight))
            return Reference(weight, indices);
        using var scope = NewDisposeScope();
        return Fused.apply(weight, indices).MoveToOuterDisposeScope();
    }

    /// <summary>Sums of rows, each times its factor.</summary>
    /// <param name="weight">[rows, width].</param>
    /// <param name="indices">The bags one after the other; int64 [entries].</param>
    /// <param name="offsets">Where each bag begins; int64 [bags].</param>
    /// <param name="factors">A factor for each entry, without gradient; [entries].</param>
    /// <returns>[bags, width].</returns>
    public static Tensor ComputeBag(Tensor weight, Tensor indices, Tensor offsets, Tensor factors)
    {
        CheckShapes(weight, indices);
        ArgumentNullException.ThrowIfNull(offsets);
        ArgumentNullException.ThrowIfNull(factors);
        Shapes.Require(indices.dim() == 1, nameof(indices), "must be Int64 [entries]", indices);
        Shapes.Require(offsets.dim() == 1 && offsets.dtype == ScalarType.Int64, nameof(offsets), "must be Int64 [bags]", offsets);
        Shapes.Require(factors.dim() == 1 && factors.shape[0] == indices.shape[0] && factors.dtype == weight.dtype, nameof(factors),
            $"must be {weight.dtype} [{indices.shape[0]}]", factors);
        if (!KernelLibrary.Serves(weight))
            return ReferenceBag(weight, indices, offsets, factors);
        using var scope = NewDisposeScope();
        return (KernelLibrary.NeedsGradient(weight)
            ? FusedBag.apply(weight, indices, offsets, factors)
            : FusedBag.Run(weight, indices, offsets, factors).Output)
            .MoveToOuterDisposeScope();
    }

    /// <summary>The same in standard operators.</summary>
    internal static Tensor Reference(Tensor weight, Tensor indices) =>
        Rows(weight, indices.flatten()).view([.. indices.shape, weight.shape[1]]);

    /// <summary>Bags in standard operators.</summary>
    internal static Tensor ReferenceBag(Tensor weight, Tensor indices, Tensor offsets, Tensor factors)
    {
        if (OutOfOrder(offsets, indices.shape[0]) is { } problem)
            throw new ArgumentException(problem, nameof(offsets));
        var row = searchsorted(offsets.narrow(0, 1, Math.Max(0, offsets.shape[0] - 1))
            .contiguous(), arange(indices.shape[0], device: indices.device), right: true);
        return zeros([offsets.shape[0], weight.shape[1]], weight.dtype, weight.device)
            .index_add(0, row, Rows(weight, indices) * factors.unsqueeze(1), 1);
    }

    private static void CheckShapes(Tensor weight, Tensor indices)
    {
        ArgumentNullException.ThrowIfNull(weight);
        ArgumentNullException.ThrowIfNull(indices);
        Shapes.Require(weight.dim() == 2, nameof(weight), "must be [rows, width]", weight);
        Shapes.Require(indices.dtype == ScalarType.Int64, nameof(indices), "must be Int64", indices);
    }

    private static string? OutOfOrder(Tensor offsets, long entries)
    {
        var starts = offsets.data<long>().ToArray();
        for (var b = 0; b < starts.Length; b++)
            if (b == 0 ? starts[b] != 0 : starts[b] < starts[b - 1] || starts[b] > entries)
                return $"offsets must begin with 0, ascend and end before {entries}; offset {b} is {starts[b]}";
        return null;
    }

    private static Tensor Rows(Tensor weight, Tensor indices)
    {
        try
        {
            return weight.index_select(0, indices);
        }
        catch (ExternalException) when (OutOfRange(indices, weight.shape[0]) is { } problem)
        {
            throw new ArgumentOutOfRangeException(nameof(indices), problem);
        }
    }

    private static string? OutOfRange(Tensor indices, long rows)
    {
        foreach (var index in indices.data<long>())
            if (index < 0 || index >= rows)
                return $"index {index} is outside 0..{rows - 1}";
        return null;
    }

    private static Tensor TableGradient(long[] shape, Tensor indices, Tensor upstream, Tensor? source, Tensor? factors)
    {
        var (gradient, from) = (ResultMemory.Empty(shape), KernelLibrary.Dense(upstream));
        KernelLibrary.Check(textvae_table_gradient(
            get_num_threads(), shape[0], shape[1], indices.numel(), KernelLibrary.Longs(indices), KernelLibrary.Floats(from),
            KernelLibrary.Longs(source), KernelLibrary.Floats(factors),
            KernelLibrary.Floats(gradient)));
        return gradient;
    }

    private sealed class Fused : autograd.SingleTensorFunction<Fused>
    {
        public override string Name => nameof(EmbeddingKernel);

        public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
        {
            var (weight, indices) = ((Tensor)vars[0], KernelLibrary.Dense((Tensor)vars[1]));
            ctx.set_materialize_grads(false);
            ctx.save_for_backward([indices]);
            ctx.save_data(nameof(DirectGradient), (weight.shape, DirectGradient.TryCreate(weight)));
            return Reference(weight, indices);
        }

        public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor upstream) =>
            BackwardPass.Guard(1, 1, () => Gradients(ctx, upstream));

        private static List<Tensor> Gradients(autograd.AutogradContext ctx, Tensor upstream)
        {
            using var pass = new BackwardPass(upstream);
            var (shape, place) = ((long[], DirectGradient?))ctx.get_data(nameof(DirectGradient));
            return pass.Return(DirectGradient.Give(place, TableGradient(shape, ctx.get_saved_variables()[0], upstream, null, null)), null);
        }
    }

    private sealed class FusedBag : autograd.SingleTensorFunction<FusedBag>
    {
        public override string Name => nameof(EmbeddingKernel);

        public static (Tensor Output, Tensor BagOf) Run(Tensor weight, Tensor indices, Tensor offsets, Tensor factors)
        {
            var (table, index, start, factor) = (KernelLibrary.Dense(weight), KernelLibrary.Dense(indices), KernelLibrary.Dense(offsets),
                KernelLibrary.Dense(factors));
            var (output, bagOf) = (ResultMemory.Empty(start.shape[0], table.shape[1]), empty(index.shape[0], dtype: ScalarType.Int64));
            KernelLibrary.Check(
                textvae_embedding_bag(
                    get_num_threads(), table.shape[0], table.shape[1], start.shape[0], index.shape[0], KernelLibrary.Floats(table),
                    KernelLibrary.Longs(index), KernelLibrary.Longs(start),
                    KernelLibrary.Floats(factor), KernelLibrary.Floats(output), KernelLibrary.Longs(bagOf)),
                () => OutOfOrder(offsets, index.shape[0]) ?? OutOfRange(index, table.shape[0])!);
            return (output, bagOf);
        }

        public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
        {
            var (weight, indices, offsets, factors) = ((Tensor)vars[0], (Tensor)vars[1], (Tensor)vars[2], (Tensor)vars[3]);
            var (output, bagOf) = Run(weight, indices, offsets, factors);
            ctx.set_materialize_grads(false);
            ctx.save_for_backward([KernelLibrary.Dense(indices), KernelLibrary.Dense(factors), bagOf]);
            ctx.save_data(nameof(DirectGradient), (weight.shape, DirectGradient.TryCreate(weight)));
            return output;
        }

        public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor upstream) =>
            BackwardPass.Guard(1, 3, () => Gradients(ctx, upstream));

        private static List<Tensor> Gradients(autograd.AutogradContext ctx, Tensor upstream)
        {
            using var pass = new BackwardPass(upstream);
            var (shape, place) = ((long[], DirectGradient?))ctx.get_data(nameof(DirectGradient));
            var saved = ctx.get_saved_variables();
            return pass.Return(DirectGradient.Give(place, TableGradient(shape, saved[0], upstream, saved[2], saved[1])), null, null, null);
        }
    }

    [LibraryImport(KernelLibrary.Name)]
    private static partial int textvae_table_gradient(
        int threads, long rows, long width, long entries, long* index, float* upstream, long* source, float* factor, float* gradient);

    [LibraryImport(KernelLibrary.Name)]
    private static partial int textvae_embedding_bag(
        int threads, long rows, long width, long bags, long entries, float* table, long* index, long* offsets, float* factor, float* output,
        long* bagOf);
}
