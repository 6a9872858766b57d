using TorchSharp.Interop;

namespace TorchSharp;

public static partial class torch
{
    public static class linalg
    {
        public static (Tensor U, Tensor S, Tensor Vh) svd(Tensor A, bool fullMatrices = true) => Op.Call3("linalg_svd", A, fullMatrices);

        public static (Tensor, Tensor) eigh(Tensor input, char UPLO = 'L') => Op.Call2("linalg_eigh", input, UPLO.ToString());

        public static (Tensor Q, Tensor R) qr(Tensor input) => Op.Call2("linalg_qr", input);

        public static Tensor cholesky(Tensor input) => Op.Call("linalg_cholesky", input);

        public static Tensor inv(Tensor input) => Op.Call("linalg_inv", input);

        public static Tensor solve(Tensor input, Tensor other) => Op.Call("linalg_solve", input, other);

        public static Tensor det(Tensor input) => Op.Call("linalg_det", input);

        public static Tensor norm(Tensor input, long[]? dims = null, bool keepdim = false, ScalarType? dtype = null) =>
            Op.Call("linalg_norm", input, Arg.None, dims, keepdim, dtype);
    }
}
