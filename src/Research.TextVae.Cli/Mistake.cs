using System.CommandLine;
using System.CommandLine.Parsing;
using Research.TextVae.Support;

namespace Research.TextVae.Cli;

/// <summary>Turns what the parser found wrong into one line with the nearest thing that would have been right.</summary>
internal static class Mistake
{
    public static string Describe(ParseResult result) =>
        (result.UnmatchedTokens is [var token, ..] ? token : StrayOption(result)) is { } unknown
            ? Unknown(result, unknown)
            : $"{result.Errors[0].Message.TrimEnd('.')}. See '{string.Join(' ', result.CommandResult.Path())} --help'.";

    /// <summary>An option that no command knows, which the parser has taken for an argument; null when there is none.</summary>
    public static string? StrayOption(ParseResult result) =>
        result.Tokens.Any(token => token.Type == TokenType.DoubleDash)
            ? null
            : result.CommandResult.Children.OfType<ArgumentResult>().SelectMany(argument => argument.Tokens)
                .Select(token => token.Value).FirstOrDefault(value => value.StartsWith("--", StringComparison.Ordinal));

    private static string Unknown(ParseResult result, string token)
    {
        var command = result.CommandResult.Command;
        var path = string.Join(' ', result.CommandResult.Path());
        var kind = token.StartsWith('-') ? "option" : command.Subcommands.Count > 0 ? "command" : "argument";
        var suggestion = Nearest.To(token, Candidates(result.CommandResult)) is { } nearest ? $" Did you mean '{nearest}'?" : "";
        return $"unknown {kind} '{Excerpt.Of(token)}' for '{path}'.{suggestion} See '{path} --help'.";
    }

    private static IEnumerable<string> Path(this CommandResult result) =>
        result.Parent is CommandResult parent ? [.. parent.Path(), result.Command.Name] : ["textvae"];

    // Subcommands, and options, those that a command has from those above it included.
    private static IEnumerable<string> Candidates(CommandResult command) =>
    [
        .. command.Command.Subcommands.Select(below => below.Name),
        .. Levels(command).SelectMany((level, above) => level.Options.Where(option => above == 0 || option.Recursive))
            .SelectMany(option => option.Aliases.Prepend(option.Name)),
    ];

    private static IEnumerable<Command> Levels(CommandResult command) =>
        command.Parent is CommandResult parent ? Levels(parent).Prepend(command.Command) : [command.Command];
}
