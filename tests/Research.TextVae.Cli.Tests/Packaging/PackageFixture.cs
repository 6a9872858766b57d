using System.Diagnostics;
using System.Reflection;

namespace Research.TextVae.Cli.Tests.Packaging;

/// <summary>
/// The packages of what was built with these tests, in a folder that is the only source of packages; all other packages come from those
/// that the build has restored.
/// </summary>
public sealed class PackageFixture : IDisposable
{
    private readonly Workplace _place = new();

    public PackageFixture()
    {
        _place.Write("nuget.config", $"""
            <configuration>
              <packageSources><clear /><add key="local" value="{Source}" /></packageSources>
              <fallbackPackageFolders><clear /><add key="restored" value="{Restored}" /></fallbackPackageFolders>
            </configuration>
            """);
        Directory.CreateDirectory(Source);
        // Of the levels that were built, so that nothing is compiled.
        var kernels = Directory.GetFiles(AppContext.BaseDirectory, "libtextvae_kernels-*.so");
        var levels = string.Join("%3B", kernels.Select(file => Path.GetFileNameWithoutExtension(file).Split('-', 2)[1]));
        string[] arguments = ["-c", Configuration, "-o", Source, "-v", "quiet", "-nologo", $"-p:KernelLevels={levels}"];
        Dotnet("pack", [Project("Research.TextVae.Package"), .. arguments, "-p:BuildProjectReferences=false"]);
        Dotnet("pack", [Project("Research.TextVae.Cli"), .. arguments, "--no-build"]);
        Dotnet("pack", [Project("Research.TextVae.Datasets"), .. arguments, "--no-build"]);
    }

    /// <summary>The folder of packages from which the tests were built.</summary>
    public static string Restored { get; } = Metadata("NuGetPackages");

    public static string Configuration { get; } = Metadata("Configuration");

    public string Source => Path.Combine(_place.Folder, "source");

    /// <summary>The newest package of this name.</summary>
    public string File(string name, string extension = "nupkg") => Assert.Single(Directory.GetFiles(Source, $"{name}.0.*.{extension}"));

    public string Write(string name, string content) => _place.Write(name, content);

    /// <summary>Runs the .NET command line in the folder, which must succeed.</summary>
    public string Dotnet(string command, params string[] arguments) => Run("dotnet", "", [command, .. arguments]);

    /// <summary>Runs a program in a folder below, which must succeed.</summary>
    public string Run(string program, string folder, params string[] arguments)
    {
        var outcome = Workplace.Finish(Start(program, folder, arguments));
        Assert.True(outcome.ExitCode == 0, $"{program} {string.Join(' ', arguments)}\n{outcome.Output}\n{outcome.Error}");
        return outcome.Output;
    }

    public string PathOf(string name) => Path.Combine(_place.Folder, name);

    public void Dispose() => _place.Dispose();

    private static string Project(string name) => Path.Combine(Workplace.Checkout, "src", name);

    private static string Metadata(string key) =>
        typeof(PackageFixture).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().First(data => data.Key == key).Value!;

    private Process Start(string program, string folder, string[] arguments) => _place.Start(
        program, arguments, PathOf(folder),
        ("NUGET_PACKAGES", PathOf("packages")),
        // No server may outlive its command: it would keep the output open.
        ("MSBUILDDISABLENODEREUSE", "1"), ("UseSharedCompilation", "false"), ("DOTNET_NOLOGO", "1"));
}
