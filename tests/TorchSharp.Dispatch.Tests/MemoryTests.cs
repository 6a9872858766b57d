using static TorchSharp.torch;

namespace TorchSharp.Tests;

/// <summary>The memory of large tensors on the CPU (memory.cpp).</summary>
public class MemoryTests
{
    private const long MiB = 1 << 20;

    /// <summary>Tensors of all sizes about the limits, made and let go in any order by several threads, never share a byte.</summary>
    [Fact]
    public void Tensors_never_overlap() => Parallel.For(0, 4, thread =>
    {
        var random = new Random(thread);
        var held = new List<(Tensor Tensor, float Value)>();
        for (var i = 0; i < 200; i++)
        {
            var count = random.NextInt64(MiB / 8, 3 * MiB / 2); // 0.5 to 6 MiB of floats
            held.Add((full([count], thread + (4f * i)), thread + (4f * i)));
            if (held.Count <= 6)
                continue;
            var place = random.Next(held.Count);
            var (tensor, value) = held[place];
            held.RemoveAt(place);
            Assert.Equal((value, value), (tensor.min().item<float>(), tensor.max().item<float>()));
            tensor.Dispose();
        }

        held.ForEach(entry => entry.Tensor.Dispose());
    });

    /// <summary>Sizes that never come back do not pile up: what waits for them stays below half of what is in use, and a fresh block.</summary>
    [Fact]
    public void What_is_let_go_is_used_again()
    {
        using var held = ones(64 * MiB / 4);
        var before = Resident();
        for (var size = 2 * MiB; size < 40 * MiB; size += MiB / 4)
            ones(size / 4).Dispose(); // 3 GiB in all
        Assert.InRange(Resident() - before, -1000 * MiB, 100 * MiB);
    }

    private static long Resident()
    {
        using var process = System.Diagnostics.Process.GetCurrentProcess();
        return process.WorkingSet64;
    }
}
