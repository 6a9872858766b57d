using System.CommandLine;
using System.Diagnostics;
using Research.TextVae.Support;

namespace Research.TextVae.Cli;

/// <summary><c>textvae bench</c>: the benchmarks of the checkout this program was built in, as a process of their own.</summary>
internal static class BenchCommand
{
    private const string Project = "tests/Research.TextVae.Benchmarks";

    public static Command Create()
    {
        var name = new Argument<string[]>("name")
        {
            Description = "Which benchmark, and its arguments. Default: the list of them.",
            Arity = ArgumentArity.ZeroOrMore,
        };
        var command = new Command("bench", "Run a benchmark: against PyTorch, of kernels.") { name };
        command.TreatUnmatchedTokensAsErrors = false;
        command.SetAction(result => Run([.. result.GetValue(name) ?? [], .. result.UnmatchedTokens]));
        return command;
    }

    private static int Run(IReadOnlyList<string> arguments)
    {
        var checkout = OwnProgram.Checkout
            ?? throw new UserException($"the benchmarks are part of the source code; run textvae from a checkout that has {Project}.");
        using var process = Process.Start(
            new ProcessStartInfo("dotnet", ["run", "--project", Path.Combine(checkout, Project), "-c", "Release", "--", .. arguments]))!;
        process.WaitForExit();
        return process.ExitCode;
    }
}
