using Research.TextVae.Cli.Doctor;
using Research.TextVae.Support;

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
    public void LibTorchThatIsNowhereIsNeeded()
    {
        var program = CopyProgram(without: "libtorch_cpu.so");
        _place.Write(".nuget/NuGet/NuGet.Config", "<configuration><packageSources><clear /></packageSources></configuration>");

        var outcome = Workplace.Finish(_place.Start(
            "dotnet", [program, "doctor"], ("HOME", _place.Folder), ("NUGET_PACKAGES", Path.Combine(_place.Folder, "packages"))));

        Assert.Equal(ExitCode.UserError, outcome.ExitCode);
        Assert.Matches(@"^fetching LibTorch 2\.\d+\.\d+ \(NuGet package libtorch-cpu-\S+, once, 130 MB\)…\n$", outcome.Error);
        Assert.Matches(
            @"(?m)^✗ LibTorch +cannot fetch LibTorch 2\.\d+\.\d+: error NU\d+: .* Try: dotnet restore .*fetch\.csproj", outcome.Output);
    }

    [Fact]
    public void KernelsThatWereNotBuiltAreLesser()
    {
        var program = CopyProgram(without: "libtextvae_kernels");
        _place.Write("Research.TextVae.sln", "");

        var outcome = Workplace.Finish(_place.Start("dotnet", [program, "doctor"], ("CXX", "no-such-compiler")));

        Assert.Equal((0, ""), (outcome.ExitCode, outcome.Error));
        Assert.Matches(
            @"(?m)^! kernels +reference form: .*\n +(apt-get install .* g\+\+ && \./textvae doctor|Install a C\+\+ compiler)",
            outcome.Output);
    }

    [Fact]
    public void NamesThePackagesThatTheLauncherInstalls()
    {
        var launcher = File.ReadAllText(Path.Combine(Workplace.Checkout, "textvae"));

        Assert.Contains($"needed_to_build=\"{string.Join(' ', Packages.ToBuild)}\"", launcher, StringComparison.Ordinal);
        Assert.Contains($"needed_to_test=\"{string.Join(' ', Packages.ToTest)}\"", launcher, StringComparison.Ordinal);
    }

    // In a folder of its own, since what a program finds beside itself is what the tests are about.
    private string CopyProgram(string without)
    {
        var folder = Directory.CreateDirectory(Path.Combine(_place.Folder, "program")).FullName;
        foreach (var file in Directory.GetFiles(AppContext.BaseDirectory))
        {
            var copy = Path.Combine(folder, Path.GetFileName(file));
            if (Path.GetFileName(file).StartsWith(without, StringComparison.Ordinal))
                continue;
            if (file.EndsWith(".dll", StringComparison.Ordinal) || file.EndsWith(".json", StringComparison.Ordinal))
                File.Copy(file, copy);
            else
                File.CreateSymbolicLink(copy, file);
        }

        return Path.Combine(folder, "textvae.dll");
    }
}
