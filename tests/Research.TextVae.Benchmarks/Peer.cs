namespace Research.TextVae.Benchmarks;

/// <summary>Another implementation, a script beside this program that answers the same commands (see <see cref="Side"/>).</summary>
/// <param name="Name">What it is called in tables.</param>
/// <param name="Program">What runs the script.</param>
/// <param name="Script">Its file in <c>peers</c>.</param>
/// <param name="Settings">The settings to find its best among.</param>
internal sealed record Peer(string Name, string Program, string Script, IReadOnlyList<PeerSetting> Settings)
{
    /// <summary>PyTorch with one thread or all in each of its two pools, its own and OpenBLAS's.</summary>
    public static Peer PyTorch(string script)
    {
        int[] counts = [.. new[] { 1, Environment.ProcessorCount }.Distinct()];
        return new("PyTorch", "/usr/bin/python3", script,
        [
            .. from openMp in counts
               from blas in counts
               select new PeerSetting(
                   $"{openMp} + {blas} threads", new() { ["OMP_NUM_THREADS"] = $"{openMp}", ["OPENBLAS_NUM_THREADS"] = $"{blas}" }),
        ]);
    }
}
