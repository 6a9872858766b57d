using System.Diagnostics;
using System.Globalization;
using TorchSharp;

namespace Research.TextVae.Cli.Doctor;

/// <summary>LibTorch: whether it loads, what it is made of, and how fast it multiplies matrices.</summary>
internal static class TensorEngine
{
    private const int Size = 1024;
    private static readonly TimeSpan Enough = TimeSpan.FromMilliseconds(300);

    public static IEnumerable<Finding> Examine()
    {
        List<Finding> findings = [];
        try
        {
            findings.AddRange(Describe());
            findings.Add(new Finding("speed", string.Create(CultureInfo.InvariantCulture, $"{GigaFlops():F0} GFLOP/s, float32 product of {Size} × {Size} matrices")));
        }
        catch (Exception exception) when (Cause(exception) is { } cause)
        {
            findings.Add(new Finding("LibTorch", cause.Message, Severity.Needed));
        }

        return findings;
    }

#if TORCHSHARP_PACKAGE
    private static IEnumerable<Finding> Describe() =>
    [
        new Finding("LibTorch", $"that of TorchSharp {typeof(torch).Assembly.GetName().Version}; CUDA {(torch.cuda.is_available() ? "available" : "not available")}"),
        new Finding("threads", torch.get_num_threads().ToString(CultureInfo.InvariantCulture)),
    ];
#else
    private static IEnumerable<Finding> Describe()
    {
        var configuration = NativeBackend.Configuration.Split('\n').Select(line => line.TrimStart(' ', '-').Trim()).ToList();
        var oneDnn = configuration.FirstOrDefault(line => line.Contains("MKL-DNN", StringComparison.Ordinal));
        var vectors = configuration.FirstOrDefault(line => line.StartsWith("CPU capability", StringComparison.Ordinal));
        yield return new Finding("LibTorch", $"{NativeBackend.LibTorchVersion}{(vectors is null ? "" : ", " + vectors)}");
        yield return new Finding("oneDNN", oneDnn ?? "not part of this LibTorch");
        yield return new Finding("BLAS", NativeBackend.BlasLibrary ?? "part of LibTorch");
        var blas = NativeBackend.BlasThreads is { } threads ? string.Create(CultureInfo.InvariantCulture, $", {threads} of OpenBLAS") : "";
        yield return new Finding("threads", string.Create(CultureInfo.InvariantCulture, $"{NativeBackend.Threads} of LibTorch{blas}"));
        yield return new Finding("own library", NativeBackend.LibraryPath ?? "not loaded");
    }
#endif

    private static double GigaFlops()
    {
        using var scope = torch.NewDisposeScope();
        using var noGradients = torch.no_grad();
        var a = torch.rand(Size, Size);
        var b = torch.rand(Size, Size);
        torch.matmul(a, b).Dispose();
        var best = TimeSpan.MaxValue;
        var total = Stopwatch.StartNew();
        while (total.Elapsed < Enough)
        {
            var one = Stopwatch.StartNew();
            torch.matmul(a, b).Dispose();
            best = one.Elapsed < best ? one.Elapsed : best;
        }

        return 2.0 * Size * Size * Size / best.TotalSeconds / 1e9;
    }

    // A library that does not load surfaces as it is or inside the failed initialisation of the first type that needed it.
    private static Exception? Cause(Exception? exception) => exception switch
    {
        null => null,
        DllNotFoundException or EntryPointNotFoundException or BadImageFormatException or UserErrorException => exception,
        _ => Cause(exception.InnerException),
    };
}
