using System.Globalization;
using Research.TextVae.Benchmarks.Recurrent;
using Research.TextVae.Charts;
using Research.TextVae.Kernels;

namespace Research.TextVae.Benchmarks;

/// <summary>Time and memory of a training step of the LSTM VAE as one of its sizes grows and the others stay: curves instead of one
/// number.</summary>
internal static class Scaling
{
    /// <summary>What the name of a variant begins with.</summary>
    public const string Prefix = "scaling:";

    private static readonly LstmVaeTraining _base = new("scaling", "LSTM VAE training", 10_000, 256, 256, 32, 32, 24) { Randomness = 0.5 };

    private static readonly (string Axis, int[] Values)[] _axes =
    [
        ("vocabulary", [1000, 3000, 10_000, 30_000, 50_000]),
        ("time", [8, 16, 32, 64, 128]),
        ("batch", [8, 16, 32, 64, 128]),
        ("width", [64, 128, 256, 512]),
    ];

    /// <summary>The work of a name such as <c>scaling:vocabulary=30000</c>.</summary>
    public static LstmVaeTraining Variant(string name) =>
        Variant(name[Prefix.Length..].Split('=')[0], int.Parse(name.Split('=')[1], CultureInfo.InvariantCulture));

    /// <summary>The work with one size changed.</summary>
    public static LstmVaeTraining Variant(string axis, int value)
    {
        var varied = axis switch
        {
            "vocabulary" => _base with { Vocabulary = value },
            "time" => _base with { Time = value },
            "batch" => _base with { Batch = value },
            _ => _base with { Embedding = value, Hidden = value },
        };
        return varied with { Name = FormattableString.Invariant($"{Prefix}{axis}={value}") };
    }

    public static IReadOnlyList<ScalingCurve> Run(int steps) =>
        [.. _axes.Select(axis => new ScalingCurve(axis.Axis, [.. axis.Values.Select(value => Measure(axis.Axis, value, steps))]))];

    public static void Write(TextWriter to, IReadOnlyList<ScalingCurve> curves)
    {
        to.WriteLine("| size | value | ms per step | tok/s | GFLOP/s | peak memory |");
        to.WriteLine("|---|---:|---:|---:|---:|---:|");
        foreach (var curve in curves)
        {
            foreach (var point in curve.Points)
                to.WriteLine(
                    $"| {curve.Axis} | {point.Value:n0} | {point.Seconds * 1e3:f1} | {point.Work.Units / point.Seconds:n0} | "
                        + $"{point.Work.Operations / point.Seconds * 1e-9:f0} | {point.PeakBytes / 1e6:n0} MB |");
        }

        to.WriteLine();
        to.WriteLine("| size | time grows with its power | operations | memory |");
        to.WriteLine("|---|---:|---:|---:|");
        foreach (var curve in curves)
            to.WriteLine(
                $"| {curve.Axis} | {curve.Exponent(point => point.Seconds):f2} | {curve.Exponent(point => point.Work.Operations):f2} | "
                    + $"{curve.Exponent(point => point.PeakBytes):f2} |");
    }

    /// <summary>Time and memory against each size, on logarithmic axes.</summary>
    public static Figure Draw(IReadOnlyList<ScalingCurve> curves) => Figure.Grid(
        curves.Count,
        [
            .. curves.Select(curve => Panel(curve, "ms per step", point => point.Seconds * 1e3)),
            .. curves.Select(curve => Panel(curve, "peak memory, MB", point => point.PeakBytes / 1e6)),
        ]).Legend(false);

    private static Figure Panel(ScalingCurve curve, string y, Func<ScalingPoint, double> value) =>
        Figure.Of(Line.Of(curve.Points.Select(point => (double)point.Value), curve.Points.Select(value), markers: true)).X(curve.Axis).Y(y)
            .LogX().LogY();

    private static ScalingPoint Measure(string axis, int value, int steps)
    {
        var work = Variant(axis, value);
        var folder = Directory.CreateTempSubdirectory("textvae-bench-").FullName;
        try
        {
            work.Prepare(folder);
            using var side = Side.Ours(work, folder, work.Randomness, Precision.Float32);
            side.WarmUp();
            var point = new ScalingPoint(value, work, side.Run(steps).Median, side.PeakBytes());
            Console.Error.WriteLine($"  {axis} {value}: {point.Seconds * 1e3:f1} ms");
            return point;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
