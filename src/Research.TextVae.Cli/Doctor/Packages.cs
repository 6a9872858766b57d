using System.ComponentModel;
using System.Diagnostics;

namespace Research.TextVae.Cli.Doctor;

/// <summary>The Debian packages that the launcher installs.</summary>
internal static class Packages
{
    /// <summary>What builds the kernels; without it everything runs in their reference form.</summary>
    internal static readonly string[] ToBuild = ["g++"];

    /// <summary>What the tests compare with and draw in.</summary>
    internal static readonly string[] ToTest =
        ["python3-torch", "chromium", "irstlm", "nodejs", "npm", "python3-jupyter-client", "python3-nbconvert"];

    // Of those, what is of use without the source code too.
    private static readonly string[] Optional = ["chromium"];

    public static IEnumerable<Finding> Examine()
    {
        if (Installed() is not { } installed)
        {
            yield return new Finding("packages", "not examined, this is not a Debian system");
            yield break;
        }

        yield return OwnProgram.Checkout is null
            ? Examine("optional", Optional, "is missing; PNG pictures need it")
            : Examine("for tests", ToTest, "is missing; only tests and PNG pictures (chromium) need it");

        Finding Examine(string subject, string[] names, string lack)
        {
            var missing = names.Where(name => !installed.ContainsKey(name)).ToList();
            var present = string.Join(", ", names.Where(installed.ContainsKey).Select(name => $"{name} {installed[name]}"));
            return missing.Count == 0
                ? new Finding(subject, present)
                : new Finding(subject, $"{string.Join(", ", missing)} {lack}", Severity.Lesser, Command(missing));
        }
    }

    /// <summary>What installs a compiler, in a checkout on a machine without one; null elsewhere.</summary>
    public static string? CompilerRemedy() =>
        OwnProgram.Checkout is null || IsOnPath(Environment.GetEnvironmentVariable("CXX") is { Length: > 0 } given ? given : "c++") ? null
            : IsOnPath("apt-get") ? $"{Command(ToBuild)} && ./textvae doctor"
            : "Install a C++ compiler and run ./textvae doctor again.";

    private static string Command(IEnumerable<string> packages) =>
        $"apt-get install -y --no-install-recommends {string.Join(' ', packages)}";

    // Name and version of those that are installed, or null where there is no dpkg.
    private static Dictionary<string, string>? Installed()
    {
        try
        {
            var start = new ProcessStartInfo("dpkg-query", ["-W", "-f", "${Package} ${Version} ${db:Status-Status}\n", .. ToTest])
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            };
            using var query = Process.Start(start)!;
            var lines = query.StandardOutput.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries);
            query.WaitForExit();
            var installed = lines.Select(line => line.Split(' '))
                .Where(parts => parts is [_, _, "installed"])
                .GroupBy(parts => parts[0], parts => parts[1])
                .ToDictionary(group => group.Key, group => group.First());
            // Other builds of Node.js bring npm along, and Debian's will not go with them.
            if (IsOnPath("npm"))
                installed.TryAdd("npm", "of Node.js");
            return installed;
        }
        catch (Win32Exception)
        {
            return null;
        }
    }

    private static bool IsOnPath(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Any(folder => File.Exists(Path.Combine(folder, program)));
}
