using Research.TextVae.Cli.Doctor;

namespace Research.TextVae.Cli.Tests;

public sealed class DoctorCommandTests : IDisposable
{
    private readonly Workplace _place = new();

    public void Dispose() => _place.Dispose();

    [Fact]
    public void ReportsTheTensorEngineAndItsSpeed()
    {
        var outcome = _place.TextVae("doctor");

        Assert.Equal((0, ""), (outcome.ExitCode, outcome.Error));
        Assert.Matches(@"(?m)^  speed +\d+ GFLOP/s", outcome.Output);
        Assert.Contains("Nothing that is needed is missing.", outcome.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void SaysWhatIsMissingInsteadOfFailing()
    {
        // Stands in for a machine without LibTorch: the native library it is told to load does not exist.
        var process = _place.Start("dotnet", [Path.Combine(AppContext.BaseDirectory, "textvae.dll"), "doctor"], ("TEXTVAE_NATIVE", "/nowhere/lib.so"));
        var outcome = Workplace.Finish(process);

        Assert.Equal((ExitCode.UserError, ""), (outcome.ExitCode, outcome.Error));
        Assert.Matches(@"(?m)^✗ LibTorch +.*apt-get install", outcome.Output);
    }

    [Fact]
    public void NamesThePackagesThatTheLauncherInstalls()
    {
        var launcher = File.ReadAllText(Path.Combine(Workplace.Checkout, "textvae"));

        Assert.Contains($"needed_to_build=\"{string.Join(' ', Packages.ToBuild)}\"", launcher, StringComparison.Ordinal);
        Assert.Contains($"needed_to_test=\"{string.Join(' ', Packages.ToTest)}\"", launcher, StringComparison.Ordinal);
    }
}
