using Spectre.Console;

namespace Research.TextVae.Support;

/// <summary>Standard output: colours and tables on a terminal, plain text without line wrapping elsewhere.</summary>
public static class Terminal
{
    private const int NoWrapping = 400;

    /// <summary>The console every part of the program writes to. <c>NO_COLOR</c> is respected.</summary>
    public static IAnsiConsole Out { get; } = Create();

    private static IAnsiConsole Create()
    {
        if (!Console.IsOutputRedirected)
            return AnsiConsole.Create(new AnsiConsoleSettings());
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = AnsiSupport.No,
            ColorSystem = ColorSystemSupport.NoColors,
            Interactive = InteractionSupport.No,
        });
        console.Profile.Width = NoWrapping;
        return console;
    }
}
