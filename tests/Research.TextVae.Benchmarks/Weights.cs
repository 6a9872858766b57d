using Research.TextVae.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Research.TextVae.Benchmarks;

/// <summary>The weights both sides start from.</summary>
internal static class Weights
{
    /// <summary>Copies <c>weights.safetensors</c> of the folder into the model.</summary>
    public static void Load(nn.Module model, string folder)
    {
        var weights = Safetensors.Read(Path.Combine(folder, "weights.safetensors"));
        using (no_grad())
        {
            foreach (var (name, parameter) in model.named_parameters())
                parameter.copy_(weights[name]);
        }

        foreach (var weight in weights.Values)
            weight.Dispose();
    }
}
