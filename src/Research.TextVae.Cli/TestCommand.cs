using System.CommandLine;
using Research.TextVae.Support;

namespace Research.TextVae.Cli;

/// <summary><c>textvae test</c> belongs to the launcher, because the tests rebuild this program; it is listed here for the help.</summary>
internal static class TestCommand
{
    public static Command Create()
    {
        var command = new Command("test", "Run the test suite (with the ./textvae launcher).") { TreatUnmatchedTokensAsErrors = false };
        command.SetAction(
            int (_) => throw new UserException(
                "the test suite is run by the launcher, ./textvae test, or by: dotnet test Research.TextVae.sln -c Release"));
        return command;
    }
}
