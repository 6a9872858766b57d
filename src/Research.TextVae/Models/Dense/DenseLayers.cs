using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Research.TextVae.Models;

/// <summary>Fully connected layers one after the other.</summary>
internal static class DenseLayers
{
    /// <param name="widths">Of the input and of each layer.</param>
    /// <param name="activate">Whether ReLU follows each layer.</param>
    /// <param name="activateLast">Whether it follows the last one too.</param>
    public static Sequential Build(IReadOnlyList<int> widths, bool activate, bool activateLast)
    {
        var layers = new List<Module<Tensor, Tensor>>();
        for (var i = 1; i < widths.Count; i++)
        {
            layers.Add(new LinearLayer(widths[i - 1], widths[i]));
            if (activate && (activateLast || i < widths.Count - 1))
                layers.Add(ReLU());
        }

        return Sequential(layers);
    }
}
