using Research.TextVae.Benchmarks.Tokenizers;
using Research.TextVae.Kernels;

namespace Research.TextVae.Benchmarks;

/// <summary>Another implementation, a process that answers the same commands (see <see cref="Side"/>).</summary>
/// <param name="Name">What it is called in tables.</param>
/// <param name="Command">What starts it, before the folder and the randomness.</param>
/// <param name="Settings">The settings to find its best among: first one is chosen among those whose memory is kept, then the ways to keep
/// memory are compared with its threads.</param>
internal sealed record Peer(string Name, IReadOnlyList<string> Command, IReadOnlyList<PeerSetting> Settings)
{
    /// <summary>What its products are computed in.</summary>
    public Precision Precision { get; init; }

    /// <summary>PyTorch, and TorchSharp's own modules in float32 and, where the processor multiplies it, in bfloat16 copies of float32
    /// weights: the same model in each.</summary>
    /// <param name="model">The name of PyTorch's script and of the model in <see cref="PlainTorch.PlainTorch"/>.</param>
    public static IReadOnlyList<Peer> Of(string model)
    {
        var script = Path.Combine(AppContext.BaseDirectory, "peers", $"{model}.py");
        List<Peer> peers =
        [
            new("PyTorch", ["/usr/bin/python3", script], PeerSetting.OfPyTorch),
            new("TorchSharp", Plain(model, Precision.Float32), PeerSetting.OfTorchSharp),
        ];
        if (KernelLibrary.HasBFloat16)
            peers.Add(new("TorchSharp", Plain(model, Precision.BFloat16), PeerSetting.OfTorchSharp) { Precision = Precision.BFloat16 });
        return peers;
    }

    /// <summary>Hugging Face's tokenizers, written in Rust, on one thread.</summary>
    public static Peer HuggingFaceTokenizers { get; } = new(
        "Hugging Face tokenizers", ["node", Path.Combine(AppContext.BaseDirectory, "peers", "tokenizers.js")],
        [new("1 thread", "", TokenizerPeer.OneThread)]);

    /// <summary>TorchSharp's own modules with all threads, as a program has them that sets nothing.</summary>
    public static Peer TorchSharpAsItIs(string model) => new("TorchSharp", Plain(model, Precision.Float32), [PeerSetting.AsItIs]);

    private static string[] Plain(string model, Precision precision) =>
        ["dotnet", typeof(Peer).Assembly.Location, "torchsharp", model, $"{precision}"];

    public override string ToString() => Precision == Precision.Float32 ? Name : $"{Name} bfloat16";
}
