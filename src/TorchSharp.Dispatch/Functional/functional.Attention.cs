using TorchSharp.Interop;

namespace TorchSharp;

public static partial class torch
{
    public static partial class nn
    {
        public static partial class functional
        {
            private static readonly Lazy<bool> HasFusedAttention = new(() => Op.Exists("scaled_dot_product_attention"));

            /// <summary>softmax(QKᵀ / √d + mask) V, with dropout of probability <paramref name="p"/> on the weights.</summary>
            /// <param name="query">[…, target, d]</param>
            /// <param name="key">[…, source, d]</param>
            /// <param name="value">[…, source, v]</param>
            /// <param name="attn_mask">[…, target, source]: true where attention is allowed, or numbers to be added.</param>
            /// <param name="is_casual">Whether a position attends to itself and the ones before it only. (TorchSharp's spelling.)</param>
            public static Tensor scaled_dot_product_attention(
                Tensor query, Tensor key, Tensor value, Tensor? attn_mask = null, double p = 0.0, bool is_casual = false)
            {
                if (HasFusedAttention.Value) return Op.Call("scaled_dot_product_attention", query, key, value, attn_mask, p, is_casual);
                if (is_casual && attn_mask is not null) throw new ArgumentException("a causal mask and attn_mask exclude each other");

                using var scope = NewDisposeScope();
                var scores = query.matmul(key.transpose(-2, -1)).div(Math.Sqrt(query.size(-1)));
                var mask = is_casual ? ones([query.size(-2), key.size(-2)], ScalarType.Bool, query.device).tril() : attn_mask;
                if (mask is not null)
                    scores = mask.dtype == ScalarType.Bool ? scores.masked_fill(mask.logical_not(), double.NegativeInfinity) : scores.add(mask);
                var weights = scores.softmax(-1);
                if (p > 0) weights = dropout(weights, p);
                return weights.matmul(value).MoveToOuterDisposeScope();
            }
        }
    }
}
