using TorchSharp.Interop;

namespace TorchSharp;

public static partial class torch
{
    public partial class Tensor
    {
        /// <summary>Python's indexing. Numbers, ranges and <c>None</c> give a view, index tensors and masks a copy.</summary>
        public Tensor this[params TensorIndex[] indices]
        {
            get => index(indices);
            set => index_put_(value, indices);
        }

        public Tensor index(params TensorIndex[] indices)
        {
            var (view, tensors) = Resolve(indices);
            if (tensors is null) return view;
            try
            {
                return Op.Call("index.Tensor", view, Arg.Optional(tensors));
            }
            finally
            {
                view.Dispose();
            }
        }

        public Tensor index(params Tensor[] indices) => Op.Call("index.Tensor", this, Arg.Optional(indices));

        public Tensor index_put_(Tensor value, params TensorIndex[] indices) => Put(indices, value, accumulate: false);

        public Tensor index_put_(Scalar value, params TensorIndex[] indices)
        {
            using var tensor = full([], value, dtype, device);
            return Put(indices, tensor, accumulate: false);
        }

        public Tensor index_put_(Tensor value, TensorIndex[] indices, bool accumulate = false) => Put(indices, value, accumulate);

        public Tensor index_select(long dim, Tensor index) => Op.Call("index_select", this, dim, index);

        public Tensor index_add(long dim, Tensor index, Tensor source, Scalar alpha) => Op.Call("index_add", this, dim, index, source, alpha);

        public Tensor index_add_(long dim, Tensor index, Tensor source, Scalar alpha) => Op.InPlace("index_add_", this, dim, index, source, alpha);

        public Tensor index_copy_(long dim, Tensor index, Tensor source) => Op.InPlace("index_copy_", this, dim, index, source);

        public Tensor index_fill_(long dim, Tensor index, Scalar value) => Op.InPlace("index_fill_.int_Scalar", this, dim, index, value);

        public Tensor gather(long dim, Tensor index) => Op.Call("gather", this, dim, index);

        public Tensor scatter(long dim, Tensor index, Tensor src) => Op.Call("scatter.src", this, dim, index, src);

        public Tensor scatter_(long dim, Tensor index, Tensor src) => Op.InPlace("scatter_.src", this, dim, index, src);

        public Tensor scatter_add(long dim, Tensor index, Tensor src) => Op.Call("scatter_add", this, dim, index, src);

        public Tensor scatter_add_(long dim, Tensor index, Tensor src) => Op.InPlace("scatter_add_", this, dim, index, src);

        public Tensor masked_fill(Tensor mask, Scalar value) => Op.Call("masked_fill.Scalar", this, mask, value);

        public Tensor masked_fill_(Tensor mask, Scalar value) => Op.InPlace("masked_fill_.Scalar", this, mask, value);

        public Tensor masked_fill(Tensor mask, Tensor value) => Op.Call("masked_fill.Tensor", this, mask, value);

        public Tensor masked_select(Tensor mask) => Op.Call("masked_select", this, mask);

        public Tensor masked_scatter(Tensor mask, Tensor value) => Op.Call("masked_scatter", this, mask, value);

        public Tensor nonzero() => Op.Call("nonzero", this);

        public Tensor take(Tensor index) => Op.Call("take", this, index);

        public Tensor where(Tensor condition, Tensor y) => Op.Call("where.self", condition, this, y);

        private Tensor Put(TensorIndex[] indices, Tensor value, bool accumulate)
        {
            var (view, tensors) = Resolve(indices);
            using (view)
            {
                if (tensors is not null) Op.Run("index_put_", view, Arg.Optional(tensors), value, accumulate);
                else if (accumulate) Op.Run("add_.Tensor", view, value);
                else Op.Run("copy_", view, value);
            }
            return this;
        }

        /// <summary>Applies what can be a view; what remains are index tensors by dimension of that view, or null.</summary>
        private (Tensor View, Tensor?[]? Indices) Resolve(TensorIndex[] indices)
        {
            var consumed = indices.Sum(i => i.kind switch
            {
                TensorIndex.Kind.Single or TensorIndex.Kind.Slice => 1,
                TensorIndex.Kind.Tensor => i.tensor!.dtype is ScalarType.Bool or ScalarType.Byte ? i.tensor.ndim : 1,
                _ => 0L,
            });
            if (consumed > ndim) throw new ArgumentException($"{consumed} indices for a tensor of shape [{string.Join(", ", shape)}]");

            var view = alias();
            var tensors = new List<(long Dim, Tensor Index)>();
            var dim = 0L;
            foreach (var index in indices)
            {
                switch (index.kind)
                {
                    case TensorIndex.Kind.Single:
                        Step(view.select(dim, index.start!.Value));
                        break;
                    case TensorIndex.Kind.Slice:
                        if (index is not { start: null, stop: null, step: null or 1 })
                            Step(Op.Call("slice.Tensor", view, dim, index.start, index.stop, index.step ?? 1));
                        dim++;
                        break;
                    case TensorIndex.Kind.None:
                        Step(view.unsqueeze(dim++));
                        break;
                    case TensorIndex.Kind.Ellipsis:
                        dim += ndim - consumed;
                        break;
                    case TensorIndex.Kind.Bool:
                        Step(view.unsqueeze(dim));
                        tensors.Add((dim++, torch.tensor(new[] { index.start == 1 }, device: device)));
                        break;
                    case TensorIndex.Kind.Tensor:
                        tensors.Add((dim, index.tensor!));
                        dim += index.tensor!.dtype is ScalarType.Bool or ScalarType.Byte ? index.tensor.ndim : 1;
                        break;
                }
            }
            return (view, tensors.Count == 0 ? null : ByDimension(tensors));

            void Step(Tensor next)
            {
                view.Dispose();
                view = next;
            }
        }

        /// <summary>A mask stands for as many dimensions as it has; the dispatcher counts it as one entry.</summary>
        private static Tensor?[] ByDimension(List<(long Dim, Tensor Index)> tensors)
        {
            var entries = new List<Tensor?>();
            var covered = 0L;
            foreach (var (dim, index) in tensors)
            {
                for (; covered < dim; covered++) entries.Add(null);
                entries.Add(index);
                covered += index.dtype is ScalarType.Bool or ScalarType.Byte ? index.ndim : 1;
            }
            return [.. entries];
        }
    }
}
