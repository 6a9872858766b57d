using System.ComponentModel;
using System.Diagnostics;

namespace Research.TextVae.Explorer;

/// <summary>The user's browser.</summary>
internal static class Browser
{
    /// <summary>Opens a page; where there is no browser or no screen, nothing happens.</summary>
    public static void Open(Uri page)
    {
        var address = page.AbsoluteUri;
        var start = OperatingSystem.IsWindows() ? new ProcessStartInfo(address) { UseShellExecute = true }
            : OperatingSystem.IsMacOS() ? new ProcessStartInfo("open", [address])
            : HasScreen() ? new ProcessStartInfo("xdg-open", [address]) { RedirectStandardOutput = true, RedirectStandardError = true }
            : null;
        try
        {
            using var _ = start is null ? null : Process.Start(start);
        }
        catch (Win32Exception)
        {
            // The address has been printed.
        }
    }

    private static bool HasScreen() => IsSet("DISPLAY") || IsSet("WAYLAND_DISPLAY");

    private static bool IsSet(string name) => !string.IsNullOrEmpty(Environment.GetEnvironmentVariable(name));
}
