using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Research.TextVae.Models;

/// <summary>Two linear layers with GELU between them, for each place alone (Vaswani et al. 2017, section 3.3; Hendrycks and Gimpel 2016).</summary>
internal sealed class FeedForward : nn.Module
{
    private readonly Linear expand;
    private readonly Linear contract;

    public FeedForward(TransformerShape shape)
        : base(nameof(FeedForward))
    {
        expand = Projections.Linear(shape.Width, shape.InnerWidth);
        contract = Projections.Residual(shape.InnerWidth, shape);
        RegisterComponents();
    }

    /// <summary>The layers in the order of their use.</summary>
    public IEnumerable<Linear> Layers => [expand, contract];

    /// <param name="x">[..., width].</param>
    // FFN(x) = W₂ gelu(W₁ x + b₁) + b₂
    public Tensor Of(Tensor x) => contract.call(nn.functional.gelu(expand.call(x)));
}
