using System.Diagnostics;
using System.Runtime.Versioning;

namespace Research.TextVae.Cli.Tests;

/// <summary>
/// The launcher in a small checkout with a <c>dotnet</c>, a compiler and a <c>dpkg-query</c> that only note what they are asked to do.
/// </summary>
[SupportedOSPlatform("linux")]
public sealed class LauncherTests : IDisposable
{
    private const string Program = "checkout/artifacts/bin/Research.TextVae.Cli/release/textvae.dll";
    private readonly Workplace _place = new();

    public LauncherTests()
    {
        _place.Write("checkout/src/a.cs", "one");
        _place.Write("checkout/src/b.cs", "two");
        _place.Write("checkout/Directory.Build.props", "");
        _place.Write("checkout/global.json", "");
        _place.Write("checkout/recipes/readme", "");
        File.Copy(Path.Combine(Workplace.Checkout, "textvae"), Path.Combine(_place.Folder, "checkout/textvae"));
        Tool("compiler", "");
        Tool("dpkg-query", "[ ! -e \"$PLACE/missing\" ] && printf 'install ok installed'");
        Tool("dotnet", $$"""
            case $1 in
              --version) echo 10.0.100;;
              build)
                echo "$*" >>"$PLACE/builds"; sleep 0.3
                if [ -e "$PLACE/edit" ]; then rm "$PLACE/edit"; echo edited >"$PLACE/checkout/src/a.cs"; fi
                if [ -e "$PLACE/broken" ]; then echo "src/a.cs(1,1): error CS1002: ; expected"; exit 1; fi
                mkdir -p "$(dirname "$PLACE/{{Program}}")"; touch "$PLACE/{{Program}}" "$PLACE/checkout/recipes/prelude.csx";;
              test)
                for last; do [ "$previous" = --results-directory ] && folder=$last; previous=$last; done
                mkdir -p "$folder"
                cp "$PLACE"/*.trx "$folder" 2>/dev/null
                [ ! -e "$PLACE/failing" ];;
              pack) shift; echo "packed $*";;
              *) shift; echo "ran $*"; exit 5;;
            esac
            """);
    }

    private int Builds =>
        File.Exists(Path.Combine(_place.Folder, "builds")) ? File.ReadAllLines(Path.Combine(_place.Folder, "builds")).Length : 0;

    public void Dispose() => _place.Dispose();

    [Fact]
    public void BuildsOnlyWhenASourceChanged()
    {
        Assert.Equal(new Outcome(5, "ran run a.csx\n", "building…\n"), Launch("run", "a.csx"));
        Assert.Equal(new Outcome(5, "ran --help\n", ""), Launch("--help"));
        Assert.Equal(1, Builds);

        var source = Path.Combine(_place.Folder, "checkout/src/a.cs");
        (string What, Action Change)[] changes =
        [
            ("edited", () => File.SetLastWriteTimeUtc(source, DateTime.UtcNow.AddSeconds(-1))),
            ("added", () => _place.Write("checkout/src/deep/c.cs", "")),
            ("deleted", () => File.Delete(Path.Combine(_place.Folder, "checkout/src/b.cs"))),
            ("settings", () => _place.Write("checkout/Directory.Build.props", "<Project />")),
            ("output gone", () => File.Delete(Path.Combine(_place.Folder, Program))),
        ];
        foreach (var (what, change) in changes)
        {
            var before = Builds;
            change();
            Launch("x");
            Launch("x");
            Assert.True(Builds == before + 1, what);
        }
    }

    /// <summary>A source that changes after it was read is older than the output, so that an ordinary build would leave it out.</summary>
    [Fact]
    public void AChangeDuringTheBuildIsBuiltFromScratch()
    {
        _place.Write("edit", "");

        Assert.Equal(new Outcome(5, "ran x\n", "building…\nbuilding…\n"), Launch("x"));

        Assert.Equal(2, Builds);
        Assert.Contains("--no-incremental", File.ReadAllLines(Path.Combine(_place.Folder, "builds"))[1], StringComparison.Ordinal);
        Assert.Equal(new Outcome(5, "ran x\n", ""), Launch("x"));
    }

    [Fact]
    public void WorksThroughSymbolicLinksFromAnywhere()
    {
        Directory.CreateDirectory(Path.Combine(_place.Folder, "bin"));
        File.CreateSymbolicLink(Path.Combine(_place.Folder, "bin/first"), "../checkout/textvae");
        File.CreateSymbolicLink(Path.Combine(_place.Folder, "second"), Path.Combine(_place.Folder, "bin/first"));

        Assert.Equal("ran a b c\n", Workplace.Finish(Start("second", "a", "b c")).Output);
    }

    [Fact]
    public void AFailedBuildShowsItsErrorsAndIsTriedAgain()
    {
        _place.Write("broken", "");
        for (var i = 0; i < 2; i++)
        {
            var outcome = Launch("x");
            Assert.Equal((2, ""), (outcome.ExitCode, outcome.Output));
            Assert.Contains("src/a.cs(1,1): error CS1002: ; expected\nThe build failed, see ", outcome.Error, StringComparison.Ordinal);
        }

        File.Delete(Path.Combine(_place.Folder, "broken"));
        Assert.Equal(5, Launch("x").ExitCode);
    }

    [Fact]
    public void ACheckoutThatCannotBeWrittenIsNamed()
    {
        // For root no folder is read-only; a file where the folder should be stops everybody.
        _place.Write("checkout/artifacts", "");

        var outcome = Launch("x");

        Assert.Equal((2, ""), (outcome.ExitCode, outcome.Output));
        Assert.Matches(@"^\S+/checkout/artifacts cannot be written by \w+: the checkout belongs to \w+\. [^\n]+\n$", outcome.Error);
    }

    [Fact]
    public void ConcurrentLaunchesBuildOnce()
    {
        var launches = Enumerable.Range(0, 3).Select(_ => Start("checkout/textvae", "x")).ToList();

        Assert.All(launches, launch => Assert.Equal("ran x\n", Workplace.Finish(launch).Output));
        Assert.Equal(1, Builds);
    }

    [Fact]
    public void WithoutACompilerThatCanBeInstalledItGoesOnAndSaysSo()
    {
        RemoveCompiler();
        Tool("id", "echo 1000");
        Tool("sudo", "exit 1");

        Assert.Equal(
            new Outcome(5, "ran x\n", "No C++ compiler, so kernels run in their reference form, more slowly (this needs root): "
                + "sudo apt-get install -y --no-install-recommends g++\nbuilding…\n"),
            Launch("x"));
        Assert.Equal(new Outcome(5, "ran x\n", ""), Launch("x"));
        Assert.Equal(1, Builds);

        // Installed by somebody, it is taken without being asked for.
        Tool("compiler", "");
        Assert.Equal(new Outcome(5, "ran x\n", "building…\n"), Launch("x"));
    }

    [Fact]
    public void ACompilerIsInstalledAfterFetchingTheListsIfNeedBe()
    {
        RemoveCompiler();
        Tool("id", "echo 0");
        Tool("sudo", "");
        Tool("apt-cache", "[ ! -e \"$PLACE/apt\" ] || echo \"$2 | 1 | Packages\"");
        Tool("apt-get", """
            echo "$*" >>"$PLACE/apt"
            [ "$1" = update ] || { rm "$PLACE/missing"; cp "$PLACE/tools/sudo" "$PLACE/tools/compiler"; }
            """);

        Assert.Equal(new Outcome(5, "ran x\n", "updating package lists…\ninstalling g++…\nbuilding…\n"), Launch("x"));
        Assert.Equal(["update", "install -y --no-install-recommends g++"], File.ReadAllLines(Path.Combine(_place.Folder, "apt")));
    }

    [Fact]
    public void WhatAptGetHasNotIsNotAskedFor()
    {
        RemoveCompiler();
        Tool("id", "echo 0");
        Tool("apt-cache", "");
        Tool("apt-get", "echo \"$*\" >>\"$PLACE/apt\"");

        var outcome = Launch("x");

        Assert.Equal((5, "ran x\n"), (outcome.ExitCode, outcome.Output));
        Assert.Contains(
            "\nNo C++ compiler, so kernels run in their reference form, more slowly (apt-get could not install it, see ",
            outcome.Error, StringComparison.Ordinal);
        Assert.Equal(["update"], File.ReadAllLines(Path.Combine(_place.Folder, "apt")));
    }

    [Fact]
    public void NothingIsInstalledWhereKernelsAreBuilt()
    {
        RemoveCompiler();
        Tool("id", "echo 0");
        Tool("apt-get", "echo \"$*\" >>\"$PLACE/apt\"");
        _place.Write("checkout/artifacts/native/libtextvae_kernels-v3.so", "");

        Assert.Equal(new Outcome(5, "ran x\n", "building…\n"), Launch("x"));
        Assert.False(File.Exists(Path.Combine(_place.Folder, "apt")));
    }

    [Fact]
    public void TestsNeedTheirPackages()
    {
        RemoveCompiler();
        Tool("id", "echo 1000");
        Tool("sudo", "exit 1");

        var outcome = Launch("test");

        Assert.Equal((2, ""), (outcome.ExitCode, outcome.Output));
        Assert.StartsWith(
            "Some Debian packages are missing (this needs root). Install them with: sudo apt-get install -y --no-install-recommends g++ ",
            outcome.Error, StringComparison.Ordinal);
        Assert.Equal(0, Builds);
    }

    [Fact]
    public void PacksTheSolution() => Assert.Equal(
        new Outcome(0, $"packed {_place.Folder}/checkout/Research.TextVae.sln -c Release -v minimal -nologo -o x\n", ""),
        Launch("pack", "-o", "x"));

    [Fact]
    public void TestResultsAreSummedOverProjects()
    {
        _place.Write("a.trx", """<Counters total="10" executed="9" passed="9" failed="0" error="0" />""");
        _place.Write("b.trx", """<Counters total="3" executed="3" passed="3" failed="0" error="0" />""");
        Assert.Equal((0, "12 passed, 0 failed, 1 skipped\n"), Test());

        _place.Write("failing", "");
        _place.Write("b.trx", """<Counters total="3" executed="3" passed="1" failed="2" error="0" />""");
        Assert.Equal((1, "10 passed, 2 failed, 1 skipped\n"), Test());

        File.Delete(Path.Combine(_place.Folder, "failing"));
        foreach (var file in Directory.GetFiles(_place.Folder, "*.trx"))
            File.Delete(file);
        Assert.Equal((1, "0 passed, 0 failed, 0 skipped\n"), Test());

        (int, string) Test() => Launch("test") is var outcome ? (outcome.ExitCode, outcome.Output) : default;
    }

    private Outcome Launch(params string[] arguments) => Workplace.Finish(Start("checkout/textvae", arguments));

    private Process Start(string launcher, params string[] arguments) => _place.Start(
        Path.Combine(_place.Folder, launcher), arguments,
        ("PATH", $"{_place.Folder}/tools:{Environment.GetEnvironmentVariable("PATH")}"), ("PLACE", _place.Folder),
        ("CXX", Path.Combine(_place.Folder, "tools/compiler")));

    // Debian says that no package is installed.
    private void RemoveCompiler()
    {
        _place.Write("missing", "");
        File.Delete(Path.Combine(_place.Folder, "tools/compiler"));
    }

    private void Tool(string name, string body)
    {
        var path = _place.Write($"tools/{name}", $"#!/bin/bash\n{body}\n");
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }
}
