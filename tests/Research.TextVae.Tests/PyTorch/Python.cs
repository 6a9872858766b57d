using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Nodes;
using TorchSharp;
using static TorchSharp.torch;

namespace Research.TextVae.Tests.PyTorch;

/// <summary>Runs a snippet in Debian's Python with PyTorch: the reference our numbers are compared with.</summary>
internal static class Python
{
    private const string Interpreter = "/usr/bin/python3";

    private const string Frame = """
        import sys, json, base64, torch
        torch.set_num_threads(1)
        kinds = {"Float32": torch.float32, "Float64": torch.float64, "Int64": torch.int64, "Int32": torch.int32,
                 "Bool": torch.bool, "Byte": torch.uint8}
        names = {v: k for k, v in kinds.items()}
        request = json.load(sys.stdin)
        scope, result = {"torch": torch}, {}
        for name, t in request["inputs"].items():
            data, kind = bytearray(base64.b64decode(t["data"])), kinds[t["dtype"]]
            flat = torch.frombuffer(data, dtype=kind) if data else torch.empty(0, dtype=kind)
            scope[name] = flat.reshape(t["shape"]).clone()
        scope["result"] = result
        exec(request["script"], scope)
        def pack(t):
            t = t.detach().contiguous()
            return {"dtype": names[t.dtype], "shape": list(t.shape), "data": base64.b64encode(t.numpy().tobytes()).decode()}
        print(json.dumps({name: pack(torch.as_tensor(t)) for name, t in result.items()}))
        """;

    /// <summary>
    /// Runs <paramref name="script"/> with the inputs as variables; what it puts into the dictionary <c>result</c> comes back.
    /// </summary>
    public static Dictionary<string, Tensor> Run(string script, params (string Name, Tensor Value)[] inputs)
    {
        var packed = new JsonObject([.. inputs.Select(input => KeyValuePair.Create(input.Name, (JsonNode?)Pack(input.Value)))]);
        var request = new JsonObject { ["script"] = script, ["inputs"] = packed };
        var reply = JsonNode.Parse(Start(Frame, request.ToJsonString()))!.AsObject();
        return reply.ToDictionary(p => p.Key, p => Unpack(p.Value!));
    }

    private static string Start(string code, string input)
    {
        if (!File.Exists(Interpreter))
            throw new InvalidOperationException($"{Interpreter} is missing: apt-get install python3-torch");
        var start = new ProcessStartInfo(Interpreter, ["-c", code])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        process.StandardInput.Write(input);
        process.StandardInput.Close();
        process.WaitForExit();
        if (process.ExitCode == 0)
            return output.Result;
        throw new InvalidOperationException(errors.Result.Contains("No module named 'torch'", StringComparison.Ordinal)
            ? "PyTorch for Debian's Python is missing: apt-get install python3-torch"
            : errors.Result);
    }

    private static JsonObject Pack(Tensor tensor)
    {
        using var plain = tensor.detach().cpu().contiguous();
        return new()
        {
            ["dtype"] = plain.dtype.ToString(),
            ["shape"] = JsonSerializer.SerializeToNode(plain.shape),
            ["data"] = Convert.ToBase64String(plain.bytes),
        };
    }

    private static Tensor Unpack(JsonNode node)
    {
        var tensor = empty(node["shape"]!.Deserialize<long[]>()!, Enum.Parse<ScalarType>((string)node["dtype"]!));
        Convert.FromBase64String((string)node["data"]!).CopyTo(tensor.bytes);
        return tensor;
    }
}
