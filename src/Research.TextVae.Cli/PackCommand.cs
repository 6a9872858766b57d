using System.CommandLine;
using Research.TextVae.Support;

namespace Research.TextVae.Cli;

/// <summary><c>textvae pack</c> belongs to the launcher, because it rebuilds this program; it is listed here for the help.</summary>
internal static class PackCommand
{
    public static Command Create()
    {
        const string Instead = "the packages are made by the launcher, ./textvae pack, or by: dotnet pack Research.TextVae.sln";
        var command = new Command("pack", "Make the NuGet packages (with the ./textvae launcher).");
        command.TreatUnmatchedTokensAsErrors = false;
        command.SetAction(int (_) => throw new UserException(Instead));
        return command;
    }
}
