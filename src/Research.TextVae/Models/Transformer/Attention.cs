using TorchSharp;
using static TorchSharp.torch;

namespace Research.TextVae.Models;

/// <summary>
/// Scaled dot-product attention over several heads (Vaswani et al. 2017, section 3.2): by a native kernel on the CPU of the
/// system backend, elsewhere and where the weights are wanted in standard operators.
/// </summary>
internal static class Attention
{
    /// <summary>softmax(QKᵀ / √d + mask) V of each head, heads joined again.</summary>
    /// <param name="query">[batch, query, width].</param>
    /// <param name="keyValue">Keys and values side by side; [batch, key, 2 · width].</param>
    /// <param name="heads">Parts of the width that attend apart.</param>
    /// <param name="mask">Who may look where.</param>
    /// <param name="dropout">Share of the attention weights to zero; 0 outside training.</param>
    /// <param name="maps">Takes the weights [batch, heads, query, key], before dropout, when given.</param>
    /// <returns>[batch, query, width].</returns>
    public static Tensor Of(Tensor query, Tensor keyValue, int heads, AttentionMask mask, double dropout, ICollection<Tensor>? maps = null)
    {
        if (maps is null && Backend.Attention(query, keyValue, heads, mask.Causal, mask.KeyLengths, dropout) is { } native)
            return native;
        var parts = keyValue.chunk(2, 2);
        return Composed(query, parts[0], parts[1], heads, mask, dropout, maps);
    }

    /// <summary>The same of a text to itself.</summary>
    /// <param name="queryKeyValue">Queries, keys and values side by side; [batch, time, 3 · width].</param>
    /// <inheritdoc cref="Of"/>
    public static Tensor OfSelf(Tensor queryKeyValue, int heads, AttentionMask mask, double dropout, ICollection<Tensor>? maps = null)
    {
        if (maps is null && Backend.SelfAttention(queryKeyValue, heads, mask.Causal, mask.KeyLengths, dropout) is { } native)
            return native;
        var parts = queryKeyValue.chunk(3, 2);
        return Composed(parts[0], parts[1], parts[2], heads, mask, dropout, maps);
    }

    private static Tensor Composed(Tensor query, Tensor key, Tensor value, int heads, AttentionMask mask, double dropout, ICollection<Tensor>? maps)
    {
        var weights = Weights(Split(query, heads), Split(key, heads), mask);
        maps?.Add(weights);
        if (dropout > 0)
            weights = nn.functional.dropout(weights, dropout);
        return weights.matmul(Split(value, heads)).transpose(1, 2).flatten(2); // [batch, query, width]
    }

    // [batch, time, width] → [batch, heads, time, width / heads]
    private static Tensor Split(Tensor x, int heads) => x.view(x.shape[0], x.shape[1], heads, x.shape[2] / heads).transpose(1, 2);

    private static Tensor Weights(Tensor query, Tensor key, AttentionMask mask)
    {
        var scores = query.matmul(key.transpose(-2, -1)) / Math.Sqrt(query.shape[3]);
        var forbidden = mask.Forbidden(query.shape[2], key.shape[2], query.device);
        return (forbidden is null ? scores : scores.masked_fill(forbidden, double.NegativeInfinity)).softmax(-1);
    }
}
