using System.Diagnostics;
using System.Text.Json;
using static TorchSharp.torch;

namespace TorchSharp.Tests;

/// <summary>
/// Tensors computed by PyTorch: a Python script calls <c>emit(name, tensor)</c>, and the tensors come back by name.
/// </summary>
internal sealed class Reference
{
    private const string Prelude = """
        import json, sys, torch
        torch.set_num_threads(1)
        result = {}
        def emit(name, tensor):
            tensor = tensor.detach() if torch.is_tensor(tensor) else torch.tensor(tensor, dtype=torch.float64)
            result[name] = {"type": str(tensor.dtype), "shape": list(tensor.shape), "data": tensor.double().flatten().tolist()}
        def emit_state(name, module):
            for key, value in module.state_dict().items():
                emit(name + "." + key, value)

        """;

    private readonly Dictionary<string, Tensor> tensors = [];

    private Reference()
    {
    }

    public Tensor this[string name] => tensors[name];

    /// <summary>Entries whose name begins with the prefix and a dot, without them.</summary>
    public Dictionary<string, Tensor> Under(string prefix) => tensors
        .Where(entry => entry.Key.StartsWith(prefix + ".", StringComparison.Ordinal))
        .ToDictionary(entry => entry.Key[(prefix.Length + 1)..], entry => entry.Value);

    public static Reference Run(string script)
    {
        var start = new ProcessStartInfo("/usr/bin/python3", ["-"]) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        using var python = Process.Start(start)!;
        var errors = python.StandardError.ReadToEndAsync();
        python.StandardInput.Write(Prelude + script + "\njson.dump(result, sys.stdout)\n");
        python.StandardInput.Close();
        var output = python.StandardOutput.ReadToEnd();
        python.WaitForExit();
        if (python.ExitCode != 0)
            throw new InvalidOperationException($"The reference script failed: {errors.Result}");

        var reference = new Reference();
        using var document = JsonDocument.Parse(output);
        foreach (var entry in document.RootElement.EnumerateObject())
            reference.tensors.Add(entry.Name, Parse(entry.Value));
        return reference;
    }

    private static Tensor Parse(JsonElement value)
    {
        var shape = value.GetProperty("shape").EnumerateArray().Select(size => size.GetInt64()).ToArray();
        var data = value.GetProperty("data").EnumerateArray().Select(number => number.GetDouble()).ToArray();
        var type = value.GetProperty("type").GetString() switch
        {
            "torch.float32" => ScalarType.Float32,
            "torch.float64" => ScalarType.Float64,
            "torch.int64" => ScalarType.Int64,
            var other => throw new NotSupportedException(other),
        };
        return tensor(data, dtype: ScalarType.Float64).reshape(shape).to(type).DetachFromDisposeScope();
    }
}
