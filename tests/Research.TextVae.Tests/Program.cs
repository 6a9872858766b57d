using System.Text.Json;
using Research.TextVae.Kernels;
using Research.TextVae.Tests.Models;
using TorchSharp;
using static TorchSharp.torch;

namespace Research.TextVae.Tests;

/// <summary>What tests start as a process of its own, which chooses its kernels anew: a few training steps of a small LSTM VAE.</summary>
internal static class Program
{
    /// <summary>What it writes, as JSON.</summary>
    internal sealed record Result(string? Level, string? Missing, double[] Losses);

    private static void Main()
    {
        var (model, loss) = ModelFamilies.Build("lstm-vae");
        using var optimizer = new FusedAdam(model.parameters(), 1e-2);
        var losses = new List<double>();
        for (var step = 0; step < 5; step++)
        {
            ModelFamilies.Step(model, () => Noted(loss()), optimizer);
        }

        Console.WriteLine(JsonSerializer.Serialize(new Result(KernelLibrary.Level, KernelLibrary.Missing, [.. losses])));

        Tensor Noted(Tensor value)
        {
            losses.Add(value.item<float>());
            return value;
        }
    }
}
