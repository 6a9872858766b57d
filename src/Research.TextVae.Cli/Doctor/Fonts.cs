using System.ComponentModel;
using System.Diagnostics;

namespace Research.TextVae.Cli.Doctor;

/// <summary>Whether pictures can show Chinese; pages use the fonts of whoever reads them.</summary>
internal static class Fonts
{
    public static IEnumerable<Finding> Examine()
    {
        if (Chinese() is not { } family)
            yield break;
        yield return family.Length > 0
            ? new Finding("fonts", $"Chinese: {family}")
            : new Finding("fonts", "none has Chinese characters; PNG pictures show boxes in their place", Severity.Lesser,
                "apt-get install -y --no-install-recommends fonts-noto-cjk");
    }

    // A font that has Chinese, empty where none has it, null where the machine cannot tell.
    private static string? Chinese()
    {
        try
        {
            using var query = Process.Start(new ProcessStartInfo("fc-list", [":lang=zh", "family"])
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            })!;
            var fonts = query.StandardOutput.ReadToEnd();
            query.WaitForExit();
            return fonts.Split('\n', ',').Order(StringComparer.Ordinal).FirstOrDefault(font => font.Length > 0) ?? "";
        }
        catch (Win32Exception)
        {
            return null;
        }
    }
}
