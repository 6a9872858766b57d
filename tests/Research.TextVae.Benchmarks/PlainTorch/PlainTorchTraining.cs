using Research.TextVae.Benchmarks.Recurrent;
using Research.TextVae.Kernels;
using TorchSharp;

namespace Research.TextVae.Benchmarks.PlainTorch;

/// <summary>
/// TorchSharp's own modules in a process that has loaded our library, which keeps memory and sets how threads wait, against the same in a
/// process without it.
/// </summary>
internal sealed record PlainTorchTraining(string Name, string Title, LstmVaeTraining Work) : Benchmark(Name, Title)
{
    public override double Units => Work.Units;

    public override IReadOnlyList<Peer> Peers => [Peer.TorchSharpAsItIs("lstm_vae")];

    public override void Prepare(string folder) => Work.Prepare(folder);

    public override IWorker Start(string folder, double randomness, Precision precision) =>
        PlainTorch.Start("lstm_vae", folder, randomness, torch.ScalarType.Float32);
}
