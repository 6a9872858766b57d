using Research.TextVae.Kernels;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Research.TextVae.Models.Layers;

/// <summary>y = x Wᵀ + b with PyTorch's names and initial weights, by <see cref="LinearKernel"/>.</summary>
public sealed class LinearLayer : nn.Module<Tensor, Tensor>, IHasPrecision
{
    private readonly Parameter weight;
    private readonly Parameter? bias;

    /// <param name="inputs">Width of x.</param>
    /// <param name="outputs">Width of y.</param>
    /// <param name="hasBias">Whether there is b.</param>
    public LinearLayer(long inputs, long outputs, bool hasBias = true)
        : base(nameof(LinearLayer))
    {
        // U(±1/√inputs), which is what PyTorch's Kaiming initialisation with a = √5 comes to.
        var bound = inputs > 0 ? 1 / Math.Sqrt(inputs) : 0;
        weight = InitialWeights.Uniform(bound, outputs, inputs);
        bias = hasBias ? InitialWeights.Uniform(bound, outputs) : null;

        RegisterComponents();
        this.KeepTensors();
    }

    /// <summary>W [outputs, inputs].</summary>
    public Parameter Weight => weight;

    /// <summary>b [outputs], where there is one.</summary>
    public Parameter? Bias => bias;

    /// <inheritdoc/>
    public Precision Precision { get; set; }

    /// <param name="input">[..., inputs].</param>
    /// <returns>[..., outputs].</returns>
    public override Tensor forward(Tensor input) => LinearKernel.Compute(input, weight, bias, Precision);
}
