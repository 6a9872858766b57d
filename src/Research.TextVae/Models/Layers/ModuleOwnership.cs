using TorchSharp;
using static TorchSharp.torch;

namespace Research.TextVae.Models.Layers;

/// <summary>Modules that keep their weights.</summary>
public static class ModuleOwnership
{
    /// <summary>
    /// Takes a module's tensors out of the dispose scope of the moment; the last line of its constructor. A module that is built inside a
    /// scope would lose its weights when the scope ends.
    /// </summary>
    public static void KeepTensors(this nn.Module module)
    {
        foreach (var tensor in module.parameters().Concat(module.buffers()))
            tensor.DetachFromDisposeScope();
    }
}
