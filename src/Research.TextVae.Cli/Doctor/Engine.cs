using System.Diagnostics;
using System.Globalization;
using Research.TextVae.Kernels;
using Research.TextVae.Support;
using TorchSharp;

namespace Research.TextVae.Cli.Doctor;

/// <summary>LibTorch: whether it loads, what it is made of, and how fast it multiplies matrices.</summary>
internal static class Engine
{
    private const int Size = 1024;
    private static readonly TimeSpan Enough = TimeSpan.FromMilliseconds(300);

    public static IEnumerable<Finding> Examine()
    {
        List<Finding> findings = [];
        try
        {
            LibTorch.Require();
            findings.AddRange(TensorEngine.Parts().Select(part => part.Part == "kernels" && !KernelLibrary.IsAvailable
                ? new Finding(part.Part, part.Value, Severity.Lesser, Packages.CompilerRemedy())
                : new Finding(part.Part, part.Value)));
            findings.Add(new Finding("speed", Speed()));
        }
        catch (Exception exception) when (Cause(exception) is { } cause)
        {
            findings.Add(new Finding("LibTorch", cause.Message, Severity.Needed));
        }

        return findings;
    }

    private static string Speed()
    {
        var half = KernelLibrary.HasBFloat16
            ? string.Create(CultureInfo.InvariantCulture, $"{GigaFlops(Precision.BFloat16):F0} in bfloat16")
            : KernelLibrary.IsAvailable ? "no bfloat16 in this processor" : "no bfloat16 without kernels";
        return string.Create(CultureInfo.InvariantCulture,
            $"{GigaFlops(Precision.Float32):F0} GFLOP/s, float32 product of {Size} × {Size} matrices; {half}");
    }

    private static double GigaFlops(Precision precision)
    {
        using var scope = torch.NewDisposeScope();
        using var noGradients = torch.no_grad();
        var a = torch.rand(Size, Size);
        var b = torch.rand(Size, Size);
        LinearKernel.Compute(a, b, null, precision).Dispose();
        var best = TimeSpan.MaxValue;
        var total = Stopwatch.StartNew();
        while (total.Elapsed < Enough)
        {
            var one = Stopwatch.StartNew();
            LinearKernel.Compute(a, b, null, precision).Dispose();
            best = one.Elapsed < best ? one.Elapsed : best;
        }

        return 2.0 * Size * Size * Size / best.TotalSeconds / 1e9;
    }

    // A library that does not load surfaces as it is or inside the failed initialisation of the first type that needed it.
    private static Exception? Cause(Exception? exception) => exception switch
    {
        null => null,
        DllNotFoundException or EntryPointNotFoundException or BadImageFormatException or UserException => exception,
        NotSupportedException =>
            new DllNotFoundException(exception.Message.Split('\n')[0].Trim(), exception), // TorchSharp's, with a long trace
        _ => Cause(exception.InnerException),
    };
}
