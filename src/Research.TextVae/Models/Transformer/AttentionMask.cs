using TorchSharp;
using static TorchSharp.torch;

namespace Research.TextVae.Models;

/// <summary>Who may look where in attention.</summary>
/// <param name="Causal">
/// A place looks at itself and what came before it. With more keys than queries the queries are the last places:
/// query i sees the keys up to i + (keys − queries).
/// </param>
/// <param name="KeyLengths">Keys of each text that are not padding, at least one; int64 [batch].</param>
internal sealed record AttentionMask(bool Causal, Tensor? KeyLengths = null)
{
    /// <summary>True where looking is forbidden, broadcastable to [batch, heads, query, key]; null where all is allowed.</summary>
    public Tensor? Forbidden(long queries, long keys, Device device)
    {
        var future = Causal && queries > 1
            ? ones([queries, keys], ScalarType.Bool, device).triu(1 + keys - queries)
            : null;
        var padding = KeyLengths is null
            ? null
            : arange(keys, device: device).view(1, 1, 1, keys).ge(KeyLengths.view(-1, 1, 1, 1)); // [batch, 1, 1, key]
        return future is null ? padding : padding is null ? future : future.logical_or(padding);
    }
}
