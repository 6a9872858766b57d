namespace Research.TextVae.Benchmarks;

/// <summary>Environment variables that a peer is run with.</summary>
/// <param name="Threads">How many threads it has, in words.</param>
/// <param name="Memory">How it keeps memory, in words.</param>
/// <param name="Variables">The variables.</param>
internal sealed record PeerSetting(string Threads, string Memory, Dictionary<string, string> Variables)
{
    private const string Kept = "memory kept";

    // The C library gives large tensors back to the system at the end of every step, and the system clears them for the next one.
    private static readonly (string Name, Dictionary<string, string> Variables)[] _memory =
    [
        (Kept, Keeping()),
        ("memory kept on large pages", new(Keeping()) { ["GLIBC_TUNABLES"] = "glibc.malloc.hugetlb=1", ["THP_MEM_ALLOC_ENABLE"] = "1" }),
        ("memory as it is", []),
    ];

    /// <summary>One thread or all in each of PyTorch's two pools, its own and OpenBLAS's.</summary>
    public static IReadOnlyList<PeerSetting> OfPyTorch => WithMemory(
        [.. from openMp in Counts from blas in Counts
            select ($"{openMp} + {blas} threads", Threaded(("OMP_NUM_THREADS", openMp), ("OPENBLAS_NUM_THREADS", blas)))]);

    /// <summary>One thread or all.</summary>
    public static IReadOnlyList<PeerSetting> OfTorchSharp => WithMemory(
        [.. from count in Counts select ($"{count} thread{(count == 1 ? "" : "s")}", Threaded(("OMP_NUM_THREADS", count)))]);

    /// <summary>Nothing set.</summary>
    public static PeerSetting AsItIs { get; } = new("all threads", "memory as it is", []);

    /// <summary>Whether its memory is kept in the plain way, in which thread settings are compared.</summary>
    public bool KeepsMemory => Memory == Kept;

    private static IEnumerable<int> Counts => new[] { 1, Environment.ProcessorCount }.Distinct();

    public override string ToString() => Memory.Length > 0 ? $"{Threads}, {Memory}" : Threads;

    private static PeerSetting[] WithMemory(IReadOnlyList<(string Name, Dictionary<string, string> Variables)> threads) =>
        [.. from thread in threads from memory in _memory
            select new PeerSetting(thread.Name, memory.Name, new(thread.Variables.Concat(memory.Variables)))];

    private static Dictionary<string, string> Keeping() => new()
    {
        ["MALLOC_MMAP_MAX_"] = "0",
        ["MALLOC_TRIM_THRESHOLD_"] = "17179869184",
        ["MALLOC_TOP_PAD_"] = "67108864",
        ["MALLOC_ARENA_MAX"] = "1",
    };

    private static Dictionary<string, string> Threaded(params (string Name, int Count)[] variables) =>
        variables.ToDictionary(variable => variable.Name, variable => $"{variable.Count}");
}
