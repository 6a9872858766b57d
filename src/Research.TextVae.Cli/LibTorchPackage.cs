using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text.Json.Nodes;
using Research.TextVae.Datasets;
using Research.TextVae.Kernels;
using Research.TextVae.Support;

namespace Research.TextVae.Cli;

/// <summary>
/// LibTorch's package, which is too large to be part of the tool. NuGet restores it, into the folder where all its packages are, for a
/// project of one reference in the cache folder.
/// </summary>
internal static class LibTorchPackage
{
    private static readonly TimeSpan LockPoll = TimeSpan.FromMilliseconds(200);

    /// <summary>The folder of LibTorch's files; when they are not there they are fetched.</summary>
    /// <exception cref="UserException">They cannot be fetched.</exception>
    public static string Fetch()
    {
        var folder = Path.Combine(DatasetCache.DefaultFolder, "libtorch", LibTorch.Version);
        var project = Path.Combine(folder, "fetch.csproj");
        try
        {
            Directory.CreateDirectory(folder);
            using var held = Lock(Path.Combine(folder, "lock"));
            if (Restored(folder) is { } there)
                return there;
            File.WriteAllText(project, Project);
            Console.Error.WriteLine($"fetching LibTorch {LibTorch.Version} (NuGet package {LibTorch.Package}, once, 130 MB)…");
            var mistake = Restore(folder);
            return Restored(folder) ?? throw new UserException($"cannot fetch LibTorch {LibTorch.Version}: {mistake}. "
                + $"Try: dotnet restore {project}, or name a folder that has its files in TEXTVAE_NATIVE.");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new UserException($"cannot keep {project}: {error.Message}; make the folder writable or set XDG_CACHE_HOME.", error);
        }
    }

    private static string Project => $"""
        <Project Sdk="Microsoft.NET.Sdk">
          <PropertyGroup>
            <TargetFramework>net{Environment.Version.Major}.0</TargetFramework>
            <DisableImplicitFrameworkReferences>true</DisableImplicitFrameworkReferences>
            <NuGetAudit>false</NuGetAudit>
          </PropertyGroup>
          <ItemGroup>
            <PackageReference Include="{LibTorch.Package}" Version="[{LibTorch.Version}]" />
          </ItemGroup>
        </Project>

        """;

    // Runs NuGet; what it complains about, in a line.
    private static string Restore(string folder)
    {
        // The host that runs this program: <root>/shared/Microsoft.NETCore.App/<version>.
        var root = Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", ".."));
        var host = Path.Combine(root, OperatingSystem.IsWindows() ? "dotnet.exe" : "dotnet");
        // Settings that a project in a folder above has for its own are not for this one.
        const string Build = "-p:ImportDirectoryBuildProps=false", Targets = "-p:ImportDirectoryBuildTargets=false";
        const string Packages = "-p:ImportDirectoryPackagesProps=false";
        string[] arguments = ["restore", "fetch.csproj", "-nologo", "-v", "quiet", Build, Targets, Packages];
        var start = new ProcessStartInfo(File.Exists(host) ? host : "dotnet", arguments)
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        try
        {
            using var restore = Process.Start(start)!;
            var error = restore.StandardError.ReadToEndAsync();
            var text = restore.StandardOutput.ReadToEnd() + "\n" + error.GetAwaiter().GetResult();
            restore.WaitForExit();
            var lines = text.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
            var line = lines.FirstOrDefault(line => line.Contains("error ", StringComparison.Ordinal))
                ?? lines.FirstOrDefault() ?? $"dotnet restore ended with {restore.ExitCode}";
            return line[Math.Max(0, line.IndexOf("error ", StringComparison.Ordinal))..].TrimEnd('.');
        }
        catch (Win32Exception)
        {
            return "there is no .NET SDK on this machine";
        }
    }

    // NuGet notes where it has its packages.
    private static string? Restored(string folder)
    {
        var assets = Path.Combine(folder, "obj", "project.assets.json");
        return File.Exists(assets) && JsonNode.Parse(File.ReadAllText(assets))?["packageFolders"] is JsonObject folders
            ? folders.Select(packages => LibTorch.FolderIn(packages.Key)).FirstOrDefault(found => found is not null)
            : null;
    }

    // The lock is the open file, so a process that dies leaves none behind.
    private static FileStream Lock(string path)
    {
        for (var first = true; ; first = false)
        {
            try
            {
                return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException) when (File.Exists(path))
            {
                if (first)
                    Console.Error.WriteLine("waiting for another process that fetches LibTorch…");
                Thread.Sleep(LockPoll);
            }
        }
    }
}
