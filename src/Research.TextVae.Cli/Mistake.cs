using System.CommandLine;

namespace Research.TextVae.Cli;

/// <summary>Turns what the parser found wrong into one line with the nearest thing that would have been right.</summary>
internal static class Mistake
{
    public static string Describe(ParseResult result)
    {
        var command = result.CommandResult.Command;
        var path = string.Join(' ', result.CommandResult.Path());
        if (result.UnmatchedTokens is [var token, ..])
        {
            var kind = token.StartsWith('-') ? "option" : command.Subcommands.Count > 0 ? "command" : "argument";
            var suggestion = Nearest(token, Candidates(command)) is { } nearest ? $" Did you mean '{nearest}'?" : "";
            return $"unknown {kind} '{token}' for '{path}'.{suggestion} See '{path} --help'.";
        }

        return $"{result.Errors[0].Message.TrimEnd('.')}. See '{path} --help'.";
    }

    private static IEnumerable<string> Path(this System.CommandLine.Parsing.CommandResult result) =>
        result.Parent is System.CommandLine.Parsing.CommandResult parent ? [.. parent.Path(), result.Command.Name] : ["textvae"];

    private static IEnumerable<string> Candidates(Command command) =>
        [.. command.Subcommands.Select(c => c.Name), .. command.Options.SelectMany(o => o.Aliases.Prepend(o.Name))];

    /// <summary>The candidate within a third of the word's length in edits, or null.</summary>
    internal static string? Nearest(string word, IEnumerable<string> candidates) =>
        candidates.Select(c => (Text: c, Distance: Edits(word, c)))
            .Where(c => c.Distance <= Math.Max(1, word.Length / 3))
            .OrderBy(c => c.Distance)
            .Select(c => c.Text)
            .FirstOrDefault();

    // Levenshtein's distance, one row at a time.
    private static int Edits(string a, string b)
    {
        var row = Enumerable.Range(0, b.Length + 1).ToArray();
        for (var i = 1; i <= a.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                var substitute = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(substitute, Math.Min(row[j], row[j - 1]) + 1);
            }
        }

        return row[^1];
    }
}
