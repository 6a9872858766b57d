using Research.TextVae.Kernels;
using TorchSharp;
using static TorchSharp.torch;

namespace Research.TextVae.Models;

/// <summary>Multi-head attention of a text to another that has been encoded.</summary>
internal sealed class CrossAttention : nn.Module, IHasPrecision
{
    private readonly LinearLayer query;
    private readonly LinearLayer key_value;
    private readonly LinearLayer output;
    private readonly int heads;
    private readonly double dropout;

    public CrossAttention(TransformerShape shape)
        : base(nameof(CrossAttention))
    {
        (heads, dropout) = (shape.Heads, shape.Dropout);
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
    public Tensor forward(Tensor x, Tensor source, Tensor lengths, ICollection<Tensor>? maps) =>
        output.call(Attention.Compute(query.call(x), source, heads, causal: false, lengths, training ? dropout : 0, Precision, maps));
}
