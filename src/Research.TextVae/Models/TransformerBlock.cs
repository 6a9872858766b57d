using Research.TextVae.Kernels;
using Research.TextVae.Models.Layers;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Research.TextVae.Models;

/// <summary>
/// Self-attention, attention to an encoded text where there is one, and a feed-forward network, each normalised before and
/// added after ("pre-norm", Xiong et al. 2020).
/// </summary>
internal sealed class TransformerBlock : nn.Module<Tensor, AttentionMask, Tensor?, EncodedText?, AttentionMaps?, Tensor>
{
    private readonly LayerNorm attention_norm;
    private readonly SelfAttention attention;
    private readonly LayerNorm? cross_norm;
    private readonly CrossAttention? cross_attention;
    private readonly LayerNorm feed_forward_norm;
    private readonly FeedForward feed_forward;
    private readonly DropoutLayer dropout;

    public TransformerBlock(TransformerShape shape, bool readsSource)
        : base(nameof(TransformerBlock))
    {
        attention_norm = nn.LayerNorm(shape.Width);
        attention = new SelfAttention(shape);
        if (readsSource)
        {
            cross_norm = nn.LayerNorm(shape.Width);
            cross_attention = new CrossAttention(shape);
        }

        feed_forward_norm = nn.LayerNorm(shape.Width);
        feed_forward = new FeedForward(shape);
        dropout = new DropoutLayer(shape.Dropout);
        RegisterComponents();
        this.KeepTensors();
    }

    /// <param name="x">[batch, time, width].</param>
    /// <param name="mask">Who may look where in the text.</param>
    /// <param name="memory">Further keys and values; [batch, tokens, width].</param>
    /// <param name="source">The encoded text that the block attends to.</param>
    /// <param name="maps">Takes the attention weights.</param>
    // x ← x + attention(norm(x));   x ← x + cross(norm(x), source);   x ← x + FFN(norm(x))
    public override Tensor forward(Tensor x, AttentionMask mask, Tensor? memory, EncodedText? source, AttentionMaps? maps)
    {
        x = x + dropout.call(attention.call(attention_norm.call(x), mask, memory, maps?.SelfSink));
        if (source is not null)
            x = x + dropout.call(
                cross_attention!.call(cross_norm!.call(x), cross_attention.Read(source.States), source.Lengths, maps?.CrossSink));
        return x + dropout.call(feed_forward.call(feed_forward_norm.call(x)));
    }

    /// <summary>What each token goes through: a normalisation and the layers of the branch it opens, in the order of their use.</summary>
    public IReadOnlyList<(LayerNorm Norm, IReadOnlyList<LinearLayer> Layers)> Branches =>
        cross_attention is null
            ? [(attention_norm, attention.Layers), (feed_forward_norm, feed_forward.Layers)]
            : [(attention_norm, attention.Layers), (cross_norm!, cross_attention.Layers), (feed_forward_norm, feed_forward.Layers)];

    /// <summary>What the block keeps of an encoded text while another is written.</summary>
    public Tensor Read(EncodedText source) => cross_attention!.Read(source.States);

    /// <summary>The next token of each text, [batch, 1, width], after those in the cache.</summary>
    public Tensor Next(Tensor x, (KeyValueCache Cache, int Layer, long Place) past, Tensor? source, Tensor? sourceLengths)
    {
        x = x + attention.Next(attention_norm.call(x), past);
        if (source is not null)
            x = x + cross_attention!.call(cross_norm!.call(x), source, sourceLengths!, null);
        return x + feed_forward.call(feed_forward_norm.call(x));
    }
}

/// <summary>Two linear layers with GELU between them, for each place alone (Vaswani et al. 2017, section 3.3; Hendrycks and Gimpel
/// 2016).</summary>
internal sealed class FeedForward : nn.Module<Tensor, Tensor>
{
    private readonly LinearLayer expand;
    private readonly LinearLayer contract;

    public FeedForward(TransformerShape shape)
        : base(nameof(FeedForward))
    {
        expand = Projections.Linear(shape.Width, shape.InnerWidth);
        contract = Projections.Residual(shape.InnerWidth, shape);
        RegisterComponents();
        this.KeepTensors();
    }

    /// <summary>The layers in the order of their use.</summary>
    public IReadOnlyList<LinearLayer> Layers => [expand, contract];

    /// <param name="x">[..., width].</param>
    // FFN(x) = W₂ gelu(W₁ x + b₁) + b₂
    public override Tensor forward(Tensor x) => contract.call(GeluKernel.Compute(expand.call(x)));
}

/// <summary>Linear layers of a Transformer with their initial weights.</summary>
internal static class Projections
{
    /// <summary>Weights of variance 1 / inputs, which keeps the variance of what passes through (LeCun et al. 1998); biases 0.</summary>
    public static LinearLayer Linear(long inputs, long outputs, double gain = 1)
    {
        var linear = new LinearLayer(inputs, outputs);
        nn.init.normal_(linear.Weight, 0, gain / Math.Sqrt(inputs));
        nn.init.zeros_(linear.Bias!);
        return linear;
    }

    /// <summary>
    /// The last layer of a branch that is added to the main path: smaller by √(2 · layers), so that the sum of all branches
    /// starts with the variance of one (Radford et al. 2019, section 2.3).
    /// </summary>
    public static LinearLayer Residual(long inputs, TransformerShape shape) => Linear(inputs, shape.Width, 1 / Math.Sqrt(2 * shape.Layers));
}
