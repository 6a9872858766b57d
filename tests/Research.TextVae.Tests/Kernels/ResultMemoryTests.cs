using System.Diagnostics;
using Research.TextVae.Kernels;
using TorchSharp;
using static TorchSharp.torch;

namespace Research.TextVae.Tests.Kernels;

public sealed class ResultMemoryTests
{
    private const long MiB = 1 << 20;

    /// <summary>Results of all sizes about the limit of a block, made and let go in any order by several threads, never share a
    /// byte.</summary>
    [KernelFact]
    public void Results_never_overlap() => Parallel.For(0, 4, thread =>
    {
        var random = new Random(thread);
        var held = new List<(Tensor Tensor, float Value)>();
        for (var i = 0; i < 200; i++)
        {
            var tensor = ResultMemory.Empty(random.NextInt64(MiB / 8, 3 * MiB / 2)); // 0.5 to 6 MiB of floats
            held.Add((tensor, thread + (4f * i)));
            tensor.fill_(held[^1].Value);
            if (held.Count <= 6)
                continue;
            var place = random.Next(held.Count);
            var (old, value) = held[place];
            held.RemoveAt(place);
            Assert.Equal((value, value), (old.min().item<float>(), old.max().item<float>()));
            old.Dispose();
        }

        held.ForEach(entry => entry.Tensor.Dispose());
    });

    /// <summary>Sizes that never come back do not pile up: what waits for them stays below what is in use and a little more.</summary>
    [KernelFact]
    public void What_is_let_go_is_used_again()
    {
        using var held = ResultMemory.Empty(64 * MiB / 4).fill_(1);
        var before = Resident();
        for (var size = 2 * MiB; size < 40 * MiB; size += MiB / 4)
            ResultMemory.Empty(size / 4).fill_(1).Dispose(); // 3 GiB in all
        Assert.InRange(Resident() - before, -1000 * MiB, 100 * MiB);
    }

    /// <summary>A view of a part keeps the whole; storage goes back once, whoever is last.</summary>
    [KernelFact]
    public void A_result_lives_as_long_as_any_view_of_it()
    {
        using var scope = NewDisposeScope();
        var whole = ResultMemory.Empty(4, MiB);
        var rows = Enumerable.Range(0, 4).Select(row => whole[row].fill_(row)).ToArray();
        whole.Dispose();
        for (var i = 0; i < 8; i++)
            ResultMemory.Empty(4, MiB).fill_(-1).Dispose();
        for (var row = 0; row < 4; row++)
            Assert.Equal((row, row), (rows[row].min().item<float>(), rows[row].max().item<float>()));
    }

    [KernelFact]
    public void More_than_there_is_is_an_error()
    {
        var error = Assert.Throws<InsufficientMemoryException>(() => ResultMemory.Empty(1L << 40, 128));
        Assert.Contains("[1099511627776, 128]", error.Message, StringComparison.Ordinal);
    }

    private static long Resident()
    {
        using var process = Process.GetCurrentProcess();
        return process.WorkingSet64;
    }
}
