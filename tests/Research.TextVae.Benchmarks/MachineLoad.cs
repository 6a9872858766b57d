using System.Globalization;

namespace Research.TextVae.Benchmarks;

/// <summary>
/// What the processors and one process had done at a moment, from Linux's <c>/proc</c>: the difference of two moments says how much of the
/// machine was taken by other programs or by other machines on the same processor, and how many pages of memory were fetched.
/// </summary>
internal sealed record MachineLoad(long All, long Busy, long Own, long FreshPages)
{
    /// <summary>The greatest share of the processors' time that others may have in a round that counts as undisturbed.</summary>
    public const double Quiet = 0.05;

    public static MachineLoad Now(int process)
    {
        // cpu user nice system idle iowait irq softirq steal; guests are within user and nice.
        var cpu = Numbers(File.ReadLines("/proc/stat").First().Split(' ', StringSplitOptions.RemoveEmptyEntries).Skip(1).Take(8));
        // After the name in parentheses and the state come ten fields, the seventh the minor faults, then user and system time.
        var stat = File.ReadAllText($"/proc/{process}/stat");
        var own = Numbers(stat[(stat.LastIndexOf(')') + 4)..].Split(' ').Take(12));
        return new(cpu.Sum(), cpu.Sum() - cpu[3] - cpu[4], own[10] + own[11], own[6]);
    }

    /// <summary>The share of the processors' time since then that others had, stolen time included.</summary>
    public double OthersSince(MachineLoad before) =>
        All == before.All ? 0 : Math.Max(0, Busy - before.Busy - (Own - before.Own)) / (double)(All - before.All);

    private static long[] Numbers(IEnumerable<string> fields) =>
        [.. fields.Select(field => long.Parse(field, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture))];
}
