using System.CommandLine;
using Research.TextVae.Support;

namespace Research.TextVae.Cli.Doctor;

/// <summary><c>textvae doctor</c>: what this machine has, how fast it is, and what is missing.</summary>
internal static class DoctorCommand
{
    public static Command Create()
    {
        var command = new Command("doctor", "Show versions, speed and caches, and what is missing with the command that installs it.");
        command.SetAction(_ =>
            Report([.. Machine.Examine(), .. Engine.Examine(), .. Packages.Examine(), .. Fonts.Examine(), .. Caches.Examine()]));
        return command;
    }

    private static int Report(IReadOnlyList<Finding> findings)
    {
        foreach (var finding in findings)
        {
            var mark = finding.Severity switch { Severity.Fine => " ", Severity.Lesser => "!", _ => "✗" };
            Output.Line($"{mark} {finding.Subject,-12} {finding.Value}");
            if (finding.Remedy is { } remedy)
                Output.Line($"  {"",-12} {remedy}");
        }

        var healthy = findings.All(finding => finding.Severity != Severity.Needed);
        Output.Line();
        Output.Line(healthy ? "Nothing that is needed is missing." : "Recipes cannot run until what is marked ✗ is mended.");
        return healthy ? ExitCode.Success : ExitCode.UserError;
    }
}
