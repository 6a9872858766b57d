using Research.TextVae.Kernels;
using Research.TextVae.Models.Layers;
using TorchSharp;
using static TorchSharp.torch;

namespace Research.TextVae.Models;

/// <summary>Multi-head attention of a text to itself; queries, keys and values come from one product.</summary>
internal sealed class SelfAttention
    : nn.Module<Tensor, AttentionMask, Tensor?, ICollection<Tensor>?, Tensor>, IHasPrecision
{
    private readonly LinearLayer query_key_value;
    private readonly LinearLayer output;
    private readonly int _heads;
    private readonly double _dropout;

    public SelfAttention(TransformerShape shape)
        : base(nameof(SelfAttention))
    {
        (_heads, _dropout) = (shape.Heads, shape.Dropout);
        query_key_value = Projections.Linear(shape.Width, 3 * shape.Width);
        output = Projections.Residual(shape.Width, shape);
        RegisterComponents();
        this.KeepTensors();
    }

    /// <inheritdoc/>
    public Precision Precision { get; set; }

    /// <summary>The layers in the order of their use.</summary>
    public IReadOnlyList<LinearLayer> Layers => [query_key_value, output];

    /// <param name="x">[batch, time, width].</param>
    /// <param name="mask">Who may look where; memory, if any, comes before the text.</param>
    /// <param name="memory">Vectors that serve as further keys and values, before those of the text; [batch, tokens, width].</param>
    /// <param name="maps">Takes the attention weights.</param>
    public override Tensor forward(Tensor x, AttentionMask mask, Tensor? memory, ICollection<Tensor>? maps)
    {
        var joint = query_key_value.call(x); // [batch, time, 3 · width]
        var share = training ? _dropout : 0;
        if (memory is null)
            return output.call(Attention.ComputeSelf(joint, _heads, mask.Causal, mask.KeyLengths, share, Precision, maps));
        var (query, keyValue) = Parts(joint);
        return output.call(
            Attention.Compute(
                query, cat([cat([memory, memory], 2), keyValue], 1), _heads, mask.Causal, mask.KeyLengths, share, Precision, maps));
    }

    /// <summary>The same for the next token of each text, which sees all that is in the cache and itself.</summary>
    /// <param name="x">[batch, 1, width].</param>
    /// <param name="past">The cache, which takes the token's key and value, and where.</param>
    public Tensor Next(Tensor x, (KeyValueCache Cache, int Layer, long Place) past)
    {
        var (query, keyValue) = Parts(query_key_value.call(x));
        return output.call(Attention.Compute(query, past.Cache.Put(past.Layer, past.Place, keyValue), _heads, precision: Precision));
    }

    private static (Tensor Query, Tensor KeyValue) Parts(Tensor joint)
    {
        var width = joint.shape[2] / 3;
        return (joint.narrow(2, 0, width), joint.narrow(2, width, 2 * width));
    }
}

/// <summary>Multi-head attention of a text to another that has been encoded.</summary>
internal sealed class CrossAttention : nn.Module<Tensor, Tensor, Tensor, ICollection<Tensor>?, Tensor>, IHasPrecision
{
    private readonly LinearLayer query;
    private readonly LinearLayer key_value;
    private readonly LinearLayer output;
    private readonly int _heads;
    private readonly double _dropout;

    public CrossAttention(TransformerShape shape)
        : base(nameof(CrossAttention))
    {
        (_heads, _dropout) = (shape.Heads, shape.Dropout);
        query = Projections.Linear(shape.Width, shape.Width);
        key_value = Projections.Linear(shape.Width, 2 * shape.Width);
        output = Projections.Residual(shape.Width, shape);
        RegisterComponents();
        this.KeepTensors();
    }

    /// <inheritdoc/>
    public Precision Precision { get; set; }

    /// <summary>The layers that each token goes through, in the order of their use.</summary>
    public IReadOnlyList<LinearLayer> Layers => [query, output];

    /// <summary>Keys and values of an encoded text, which stay the same while another is written; [batch, source, 2 · width].</summary>
    public Tensor Read(Tensor source) => key_value.call(source);

    /// <param name="x">[batch, time, width].</param>
    /// <param name="source">Keys and values of the encoded text; [batch, source, 2 · width].</param>
    /// <param name="lengths">Its tokens without padding; int64 [batch].</param>
    /// <param name="maps">Takes the attention weights.</param>
    public override Tensor forward(Tensor x, Tensor source, Tensor lengths, ICollection<Tensor>? maps) =>
        output.call(Attention.Compute(query.call(x), source, _heads, causal: false, lengths, training ? _dropout : 0, Precision, maps));
}

/// <summary>Who may look where in attention.</summary>
/// <param name="Causal">
/// A place looks at itself and what came before it. With more keys than queries the queries are the last places:
/// query i sees the keys up to i + (keys − queries).
/// </param>
/// <param name="KeyLengths">Keys of each text that are not padding, at least one; int64 [batch].</param>
internal sealed record AttentionMask(bool Causal, Tensor? KeyLengths = null);

/// <summary>
/// The attention weights of a forward pass, without dropout; one tensor [batch, heads, query, key] a layer, from the lowest.
/// Each row over the keys sums to 1.
/// </summary>
public sealed class AttentionMaps
{
    private readonly List<Tensor> _self = [];
    private readonly List<Tensor> _cross = [];

    /// <summary>Of each text to itself.</summary>
    public IReadOnlyList<Tensor> Self => _self;

    /// <summary>Of each text to the one it is written from; empty where there is none.</summary>
    public IReadOnlyList<Tensor> Cross => _cross;

    internal ICollection<Tensor> SelfSink => _self;

    internal ICollection<Tensor> CrossSink => _cross;
}

/// <summary>A text as its encoder leaves it for a decoder to look at.</summary>
/// <param name="States">[batch, source, width].</param>
/// <param name="Lengths">Tokens that are not padding; int64 [batch].</param>
public sealed record EncodedText(Tensor States, Tensor Lengths);
