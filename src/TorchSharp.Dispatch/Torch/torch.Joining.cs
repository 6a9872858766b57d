using TorchSharp.Interop;

namespace TorchSharp;

public static partial class torch
{
    public static Tensor cat(IList<Tensor> tensors, long dim = 0) => Op.Call("cat", (Tensor[])[.. tensors], dim);

    public static Tensor concat(IList<Tensor> tensors, long dim = 0) => cat(tensors, dim);

    public static Tensor stack(IEnumerable<Tensor> tensors, long dim = 0) => Op.Call("stack", (Tensor[])[.. tensors], dim);

    public static Tensor hstack(IList<Tensor> tensors) => Op.Call("hstack", (Tensor[])[.. tensors]);

    public static Tensor vstack(IList<Tensor> tensors) => Op.Call("vstack", (Tensor[])[.. tensors]);

    public static Tensor where(Tensor condition, Tensor x, Tensor y) => Op.Call("where.self", condition, x, y);

    public static Tensor where(Tensor condition, Scalar x, Tensor y) => Op.Call("where.ScalarSelf", condition, x, y);

    public static Tensor where(Tensor condition, Tensor x, Scalar y) => Op.Call("where.ScalarOther", condition, x, y);

    public static Tensor where(Tensor condition, Scalar x, Scalar y) => Op.Call("where.Scalar", condition, x, y);

    public static Tensor[] meshgrid(IEnumerable<Tensor> tensors, string indexing = "ij")
    {
        Tensor[] all = [.. tensors];
        return Op.CallList("meshgrid.indexing", all.Length, all, indexing);
    }

    public static Tensor einsum(string equation, params Tensor[] tensors) => Op.Call("einsum", equation, tensors);

    public static Tensor cdist(Tensor x1, Tensor x2, double p = 2.0) => Op.Call("cdist", x1, x2, p);
}
