namespace Research.TextVae.Benchmarks;

/// <summary>Threads of PyTorch's own pool and of OpenBLAS's.</summary>
internal sealed record ThreadSetting(int OpenMp, int Blas)
{
    /// <summary>What is tried to find a machine's best: one thread or all, in each pool.</summary>
    public static IReadOnlyList<ThreadSetting> Candidates
    {
        get
        {
            int[] counts = [.. new[] { 1, Environment.ProcessorCount }.Distinct()];
            return [.. counts.SelectMany(openMp => counts.Select(blas => new ThreadSetting(openMp, blas)))];
        }
    }

    public override string ToString() => $"{OpenMp} + {Blas} threads";
}
