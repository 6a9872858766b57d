using TorchSharp;
using static TorchSharp.torch;

namespace Research.TextVae.Tests.PyTorch;

/// <summary>
/// Tensors computed by PyTorch: a Python script calls <c>emit(name, tensor)</c>, and the tensors come back by name.
/// </summary>
internal sealed class PyTorchReference
{
    private const string Prelude = """
        def emit(name, tensor):
            result[name] = tensor.detach().clone() if torch.is_tensor(tensor) else torch.tensor(tensor, dtype=torch.float64)
        def emit_state(name, module):
            for key, value in module.state_dict().items():
                emit(name + "." + key, value)

        """;

    private readonly Dictionary<string, Tensor> _tensors;

    private PyTorchReference(Dictionary<string, Tensor> tensors) => _tensors = tensors;

    public Tensor this[string name] => _tensors[name];

    /// <summary>Entries whose name begins with the prefix and a dot, without them.</summary>
    public Dictionary<string, Tensor> Under(string prefix) => _tensors
        .Where(entry => entry.Key.StartsWith(prefix + ".", StringComparison.Ordinal))
        .ToDictionary(entry => entry.Key[(prefix.Length + 1)..], entry => entry.Value);

    /// <summary>Runs the script; the tensors outlive any dispose scope, since tests share them.</summary>
    public static PyTorchReference Run(string script) =>
        new(Python.Run(Prelude + script).ToDictionary(entry => entry.Key, entry => entry.Value.DetachFromDisposeScope()));
}
