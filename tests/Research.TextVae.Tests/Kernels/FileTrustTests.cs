using System.Diagnostics;
using Research.TextVae.Kernels;

namespace Research.TextVae.Tests.Kernels;

/// <summary>Native code that another could have put there is not run.</summary>
public sealed class FileTrustTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("trust-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void What_others_can_write_is_not_trusted()
    {
        if (!OperatingSystem.IsLinux())
            return;
        var file = Path.Combine(_folder, "lib.so");
        File.WriteAllText(file, "");
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        Assert.Null(FileTrust.Doubt(file));

        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.OtherWrite);
        Assert.Contains("others may write it", FileTrust.Doubt(file), StringComparison.Ordinal);
        File.SetUnixFileMode(file, UnixFileMode.UserRead);
        File.SetUnixFileMode(_folder, File.GetUnixFileMode(_folder) | UnixFileMode.OtherWrite);
        Assert.Contains("its folder", FileTrust.Doubt(file), StringComparison.Ordinal);
        File.SetUnixFileMode(_folder, File.GetUnixFileMode(_folder) & ~UnixFileMode.OtherWrite);

        // Only root can give a file away.
        using var chown = Process.Start("chown", ["65534", file]);
        chown.WaitForExit();
        Assert.Equal(chown.ExitCode == 0, FileTrust.Doubt(file)?.Contains("another user (65534)", StringComparison.Ordinal) ?? false);
    }

    /// <summary>Of equal length, but with another byte: it would be a crash, or another's code.</summary>
    [KernelFact]
    public void A_library_that_is_not_the_one_of_this_build_is_refused()
    {
        foreach (var original in Directory.GetFiles(AppContext.BaseDirectory, "libtextvae_kernels-*.so"))
        {
            var content = File.ReadAllBytes(original);
            content[content.Length / 2] ^= 1;
            File.WriteAllBytes(Path.Combine(_folder, Path.GetFileName(original)), content);
        }

        var start = new ProcessStartInfo("dotnet", ["exec", typeof(Program).Assembly.Location])
        {
            RedirectStandardError = true,
            RedirectStandardOutput = true,
            Environment = { ["TEXTVAE_NATIVE"] = _folder },
        };
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEnd();
        process.WaitForExit();

        Assert.Contains($"UserException: {_folder}", error, StringComparison.Ordinal);
        Assert.Contains("is damaged or of another build", error, StringComparison.Ordinal);
    }
}
