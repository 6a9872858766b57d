using Research.TextVae.Kernels;
using TorchSharp;
using static TorchSharp.torch;

namespace Research.TextVae.Models;

/// <summary>Two linear layers with GELU between them, for each place alone (Vaswani et al. 2017, section 3.3; Hendrycks and Gimpel 2016).</summary>
internal sealed class FeedForward : nn.Module
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
    public Tensor forward(Tensor x) => contract.call(GeluKernel.Compute(expand.call(x)));
}
