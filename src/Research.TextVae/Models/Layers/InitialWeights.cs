using Research.TextVae.Support;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Research.TextVae.Models.Layers;

/// <summary>Weights as layers begin with.</summary>
internal static class InitialWeights
{
    /// <summary>U(−bound, bound), from LibTorch's default generator.</summary>
    public static Parameter Uniform(double bound, params long[] size)
    {
        var parameter = nn.Parameter(empty(MemoryShortage.Require(size)));
        nn.init.uniform_(parameter, -bound, bound);
        return parameter;
    }
}
