using TorchSharp.Interop;

namespace TorchSharp;

public static partial class torch
{
    public partial class Tensor
    {
        public Tensor sum(ScalarType? type = null) => Op.Call("sum", this, NotDimension(type));

        public Tensor sum(long dim, bool keepdim = false, ScalarType? type = null) => sum([dim], keepdim, type);

        public Tensor sum(long[] dim, bool keepdim = false, ScalarType? type = null) => Op.Call("sum.dim_IntList", this, dim, keepdim, type);

        public Tensor sum(ReadOnlySpan<long> dim, bool keepdim = false, ScalarType? type = null) => sum(dim.ToArray(), keepdim, type);

        public Tensor nansum() => Op.Call("nansum", this);

        public Tensor mean() => Op.Call("mean", this);

        public Tensor mean(long[] dimensions, bool keepdim = false, ScalarType? type = null) => Op.Call("mean.dim", this, dimensions, keepdim, type);

        public Tensor mean(ReadOnlySpan<long> dimensions, bool keepdim = false, ScalarType? type = null) => mean(dimensions.ToArray(), keepdim, type);

        public Tensor var(bool unbiased = true) => Op.Call("var", this, unbiased);

        public Tensor var(long dim, bool unbiased = true, bool keepdim = false, ScalarType? type = null) => var([dim], unbiased, keepdim, type);

        public Tensor var(long[] dimensions, bool unbiased = true, bool keepdim = false, ScalarType? type = null) =>
            Typed(type, "var.dim", dimensions, unbiased, keepdim);

        public Tensor std(bool unbiased = true) => Op.Call("std", this, unbiased);

        public Tensor std(long dim, bool unbiased = true, bool keepdim = false, ScalarType? type = null) => std([dim], unbiased, keepdim, type);

        public Tensor std(long[] dimensions, bool unbiased = true, bool keepdim = false, ScalarType? type = null) =>
            Typed(type, "std.dim", dimensions, unbiased, keepdim);

        public (Tensor std, Tensor mean) std_mean(bool unbiased = true) => Op.Call2("std_mean", this, unbiased);

        public (Tensor @var, Tensor mean) var_mean(bool unbiased = true) => Op.Call2("var_mean", this, unbiased);

        public Tensor max() => Op.Call("max", this);

        public (Tensor values, Tensor indexes) max(long dim, bool keepdim = false) => Op.Call2("max.dim", this, dim, keepdim);

        public Tensor min() => Op.Call("min", this);

        public (Tensor values, Tensor indexes) min(long dim, bool keepdim = false) => Op.Call2("min.dim", this, dim, keepdim);

        public Tensor amax(params long[] dims) => Op.Call("amax", this, dims);

        public Tensor amax(long[] dims, bool keepdim = false) => Op.Call("amax", this, dims, keepdim);

        public Tensor amin(params long[] dims) => Op.Call("amin", this, dims);

        public Tensor amin(long[] dims, bool keepdim = false) => Op.Call("amin", this, dims, keepdim);

        public Tensor argmax() => Op.Call("argmax", this);

        public Tensor argmax(long dim, bool keepdim = false) => Op.Call("argmax", this, dim, keepdim);

        public Tensor argmin() => Op.Call("argmin", this);

        public Tensor argmin(long dim, bool keepdim = false) => Op.Call("argmin", this, dim, keepdim);

        public Tensor prod(ScalarType? type = null) => Op.Call("prod", this, NotDimension(type));

        public Tensor prod(long dim, bool keepdim = false, ScalarType? type = null) => Op.Call("prod.dim_int", this, dim, keepdim, type);

        public Tensor norm(float p = 2.0f) => Op.Call("norm.Scalar", this, p);

        public Tensor norm(int dim, bool keepdim = false, float p = 2.0f) => Op.Call("norm.ScalarOpt_dim", this, p, new long[] { dim }, keepdim);

        public Tensor logsumexp(long dim, bool keepdim = false) => Op.Call("logsumexp", this, new[] { dim }, keepdim);

        public Tensor cumsum(long dim, ScalarType? type = null) => Op.Call("cumsum", this, dim, type);

        public Tensor cumprod(long dim, ScalarType? type = null) => Op.Call("cumprod", this, dim, type);

        public Tensor logcumsumexp(long dim) => Op.Call("logcumsumexp", this, dim);

        public Tensor all() => Op.Call("all", this);

        public Tensor all(long dim, bool keepdim = false) => Op.Call("all.dim", this, dim, keepdim);

        public Tensor any() => Op.Call("any", this);

        public Tensor any(long dim, bool keepdim = false) => Op.Call("any.dim", this, dim, keepdim);

        public Tensor count_nonzero(long[]? dims = null) => dims is null ? Op.Call("count_nonzero", this) : Op.Call("count_nonzero.dim_IntList", this, dims);

        public (Tensor values, Tensor indexes) topk(int k, int dim = -1, bool largest = true, bool sorted = true) =>
            Op.Call2("topk", this, k, dim, largest, sorted);

        public (Tensor Values, Tensor Indices) sort(long dim = -1, bool descending = false, bool stable = false) =>
            Op.Call2("sort.stable", this, stable, dim, descending);

        public Tensor argsort(long dim = -1, bool descending = false) => Op.Call("argsort", this, dim, descending);

        public Tensor median() => Op.Call("median", this);

        public Tensor quantile(Tensor q, long dim = -1, bool keepdim = false) => Op.Call("quantile", this, q, dim, keepdim);

        public Tensor bincount(Tensor? weights, long minlength = 0) => Op.Call("bincount", this, weights, minlength);

        public (Tensor output, Tensor? inverse_indices, Tensor? counts) unique(bool sorted = true, bool return_inverse = false, bool return_counts = false, int? dim = null)
        {
            var (output, inverse, counts) = dim is { } axis
                ? Op.Call3("unique_dim", this, axis, sorted, return_inverse, return_counts)
                : Op.Call3("_unique2", this, sorted, return_inverse, return_counts);
            return (output, return_inverse ? inverse : null, return_counts ? counts : null);
        }

        /// <summary>C# turns the literal 0 into an enum: <c>sum(0)</c> arrives here, in TorchSharp too, where nobody means bytes.</summary>
        private ScalarType? NotDimension(ScalarType? type) =>
            type == ScalarType.Byte && is_floating_point()
                ? throw new ArgumentException("The literal 0 is taken for ScalarType.Byte; for dimension 0 write 0L or dim: 0.", nameof(type))
                : type;

        private Tensor Typed(ScalarType? type, string op, long[] dimensions, bool unbiased, bool keepdim)
        {
            if (type is null || type == dtype) return Op.Call(op, this, dimensions, unbiased, keepdim);
            using var converted = to(type.Value);
            return Op.Call(op, converted, dimensions, unbiased, keepdim);
        }
    }
}
