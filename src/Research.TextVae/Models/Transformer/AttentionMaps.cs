using static TorchSharp.torch;

namespace Research.TextVae.Models;

/// <summary>
/// The attention weights of a forward pass, without dropout; one tensor [batch, heads, query, key] a layer, from the lowest.
/// Each row over the keys sums to 1.
/// </summary>
public sealed class AttentionMaps
{
    private readonly List<Tensor> self = [];
    private readonly List<Tensor> cross = [];

    /// <summary>Of each text to itself.</summary>
    public IReadOnlyList<Tensor> Self => self;

    /// <summary>Of each text to the one it is written from; empty where there is none.</summary>
    public IReadOnlyList<Tensor> Cross => cross;

    internal ICollection<Tensor> SelfSink => self;

    internal ICollection<Tensor> CrossSink => cross;
}
