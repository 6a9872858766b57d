namespace Research.TextVae.Cli.Tests;

public sealed class DataShowTests : IDisposable
{
    private readonly Workplace _place = new();

    public void Dispose() => _place.Dispose();

    /// <summary>A text could otherwise clear the screen or change what a terminal shows as typed.</summary>
    [Fact]
    public void ControlCharactersOfATextDoNotReachTheTerminal()
    {
        _place.Write("t.txt",
            string.Concat(Enumerable.Range(0, 60).Select(i => $"line {i} \u001b[31mis red\u0007 \u009b2J \u202Eback .\n")));

        var shown = _place.TextVae("data", "show", "t.txt");

        Assert.True(shown.ExitCode == 0, shown.Error);
        Assert.Contains("\uFFFD[31mis red\uFFFD", shown.Output, StringComparison.Ordinal);
        Assert.DoesNotContain(shown.Output + shown.Error, c => (char.IsControl(c) && c != '\n') || c == '\u202E');
    }

    [Fact]
    public void OutputThatCannotBeWrittenIsOneLine()
    {
        _place.Write("t.txt", string.Concat(Enumerable.Range(0, 60).Select(i => $"line {i} is here .\n")));
        var program = Path.Combine(AppContext.BaseDirectory, "textvae.dll");

        var outcome = Workplace.Finish(_place.Start("sh", ["-c", $"dotnet '{program}' data show t.txt > /dev/full"]));

        Assert.Equal(Support.ExitCode.UserError, outcome.ExitCode);
        Assert.Matches("^error: standard output cannot be written: [^\n]*\n$", outcome.Error);
    }
}
