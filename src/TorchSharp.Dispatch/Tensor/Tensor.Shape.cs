using TorchSharp.Interop;

namespace TorchSharp;

public static partial class torch
{
    public partial class Tensor
    {
        public Tensor clone() => Op.Call("clone", this);

        public Tensor contiguous() => Op.Call("contiguous", this);

        public Tensor detach() => Op.Call("detach", this);

        public Tensor detach_() => Op.InPlace("detach_", this);

        public Tensor view(params long[] shape) => Op.Call("view", this, shape);

        public Tensor view(ReadOnlySpan<long> shape) => Op.Call("view", this, shape);

        public Tensor view_as(Tensor other) => view(other.shape);

        public Tensor reshape(params long[] shape) => Op.Call("reshape", this, shape);

        public Tensor reshape(ReadOnlySpan<long> shape) => Op.Call("reshape", this, shape);

        public Tensor flatten(long start_dim = 0, long end_dim = -1) => Op.Call("flatten.using_ints", this, start_dim, end_dim);

        public Tensor unflatten(long dim, params long[] sizes)
        {
            var axis = dim < 0 ? (int)(dim + ndim) : (int)dim;
            return view([.. shape[..axis], .. sizes, .. shape[(axis + 1)..]]);
        }

        public Tensor transpose(long dim0, long dim1) => Op.Call("transpose.int", this, dim0, dim1);

        public Tensor transpose_(long dim0, long dim1) => Op.InPlace("transpose_", this, dim0, dim1);

        public Tensor swapaxes(long dim0, long dim1) => transpose(dim0, dim1);

        public Tensor t() => Op.Call("t", this);

        public Tensor T => Op.Call("numpy_T", this);

        public Tensor mT => Op.Call("mT", this);

        public Tensor permute(params long[] permutation) => Op.Call("permute", this, permutation);

        public Tensor squeeze() => Op.Call("squeeze", this);

        public Tensor squeeze(long dim) => Op.Call("squeeze.dim", this, dim);

        public Tensor unsqueeze(long dim) => Op.Call("unsqueeze", this, dim);

        public Tensor unsqueeze_(long dim) => Op.InPlace("unsqueeze_", this, dim);

        public Tensor expand(params long[] sizes) => Op.Call("expand", this, sizes);

        public Tensor expand(ReadOnlySpan<long> sizes, bool isImplicit = false) => Op.Call("expand", this, sizes, isImplicit);

        public Tensor expand_as(Tensor other) => Op.Call("expand_as", this, other);

        public Tensor broadcast_to(params long[] shape) => Op.Call("broadcast_to", this, shape);

        public Tensor repeat(params long[] sizes) => Op.Call("repeat", this, sizes);

        public Tensor repeat_interleave(long repeats, long? dim = null, long? output_size = null) =>
            Op.Call("repeat_interleave.self_int", this, repeats, dim, output_size);

        public Tensor repeat_interleave(Tensor repeats, long? dim = null, long? output_size = null) =>
            Op.Call("repeat_interleave.self_Tensor", this, repeats, dim, output_size);

        public Tensor tile(params long[] reps) => Op.Call("tile", this, reps);

        public Tensor flip(params long[] dims) => Op.Call("flip", this, dims);

        public Tensor roll(long shifts, long dims) => Op.Call("roll", this, new[] { shifts }, new[] { dims });

        public Tensor tril(long diagonal = 0) => Op.Call("tril", this, diagonal);

        public Tensor triu(long diagonal = 0) => Op.Call("triu", this, diagonal);

        public Tensor diagonal(long offset = 0, long dim1 = 0, long dim2 = 1) => Op.Call("diagonal", this, offset, dim1, dim2);

        public Tensor diag(long diagonal = 0) => Op.Call("diag", this, diagonal);

        public Tensor diag_embed(long offset = 0L, long dim1 = -2L, long dim2 = -1L) => Op.Call("diag_embed", this, offset, dim1, dim2);

        public Tensor[] split(long size, long dim = 0) => Op.CallList("split.Tensor", 1 + (Length(dim) / Math.Max(size, 1)), this, size, dim);

        public Tensor[] split(long[] sizes, long dim = 0) => Op.CallList("split_with_sizes", sizes.Length, this, sizes, dim);

        public Tensor[] chunk(long chunks, long dim = 0) => Op.CallList("chunk", chunks, this, chunks, dim);

        public Tensor[] unbind(long dimension = 0L) => Op.CallList("unbind.int", Length(dimension), this, dimension);

        public Tensor select(long dim, long index) => Op.Call("select.int", this, dim, index);

        public Tensor narrow(long dim, long start, long length) => Op.Call("narrow", this, dim, start, length);

        public Tensor slice(long dim, long start, long finish, long step) => Op.Call("slice.Tensor", this, dim, start, finish, step);

        public Tensor unfold(long dimension, long size, long step) => Op.Call("unfold", this, dimension, size, step);

        private long Length(long dim) => ndim == 0 ? 1 : size((int)dim);
    }
}
