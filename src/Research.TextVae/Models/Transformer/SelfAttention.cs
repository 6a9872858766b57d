using Research.TextVae.Kernels;
using TorchSharp;
using static TorchSharp.torch;

namespace Research.TextVae.Models;

/// <summary>Multi-head attention of a text to itself; queries, keys and values come from one product.</summary>
internal sealed class SelfAttention : nn.Module, IHasPrecision
{
    private readonly LinearLayer query_key_value;
    private readonly LinearLayer output;
    private readonly int heads;
    private readonly double dropout;

    public SelfAttention(TransformerShape shape)
        : base(nameof(SelfAttention))
    {
        (heads, dropout) = (shape.Heads, shape.Dropout);
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
    public Tensor forward(Tensor x, AttentionMask mask, Tensor? memory, ICollection<Tensor>? maps)
    {
        var joint = query_key_value.call(x); // [batch, time, 3 · width]
        var share = training ? dropout : 0;
        if (memory is null)
            return output.call(Attention.ComputeSelf(joint, heads, mask.Causal, mask.KeyLengths, share, Precision, maps));
        var (query, keyValue) = Parts(joint);
        return output.call(Attention.Compute(query, cat([cat([memory, memory], 2), keyValue], 1), heads, mask.Causal, mask.KeyLengths, share, Precision, maps));
    }

    /// <summary>The same for the next token of each text, which sees all that is in the cache and itself.</summary>
    /// <param name="x">[batch, 1, width].</param>
    /// <param name="past">The cache, which takes the token's key and value, and where.</param>
    public Tensor Next(Tensor x, (KeyValueCache Cache, int Layer, long Place) past)
    {
        var (query, keyValue) = Parts(query_key_value.call(x));
        return output.call(Attention.Compute(query, past.Cache.Put(past.Layer, past.Place, keyValue), heads, precision: Precision));
    }

    private static (Tensor Query, Tensor KeyValue) Parts(Tensor joint)
    {
        var width = joint.shape[2] / 3;
        return (joint.narrow(2, 0, width), joint.narrow(2, width, 2 * width));
    }
}
