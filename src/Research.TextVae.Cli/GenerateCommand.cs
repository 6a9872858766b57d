using System.CommandLine;
using System.Globalization;
using Research.TextVae.Experiments;
using Research.TextVae.Generation;
using Research.TextVae.Models;
using Research.TextVae.Support;

namespace Research.TextVae.Cli;

/// <summary><c>textvae generate</c>: what a trained model writes, one text a line.</summary>
internal static class GenerateCommand
{
    public const string Name = "generate";

    public const string Examples =
        """
        Examples:
          textvae generate                                       ten texts of the newest run
          textvae generate vae-beta-sweep --member β=0.25 -n 3   three of the newest run of a recipe
          textvae generate 20261101 --prompt "She was" --top-p 0.9
          textvae generate runs/vae-beta-sweep/20261101-101500-00aa/members/β=0.25 --from "She was not at home ." --to "He left ."

        """;

    private const int Texts = 10;

    private static readonly Option<string?> _prompt = Valued<string?>("--prompt", "text", "Text to continue.");
    private static readonly Option<string?> _from =
        Valued<string?>("--from", "text", "First of two sentences to interpolate between, with --to. For VAEs.");
    private static readonly Option<string?> _to = Valued<string?>("--to", "text", "Second of the two sentences.");
    private static readonly Option<int> _count =
        Valued<int>("-n", "N", $"Number of texts, or of steps between two sentences. Default: {Texts}.", "--count");
    private static readonly Option<double> _temperature =
        Decimal("--temperature", "T", "Below 1 sharpens the model's distribution, above 1 flattens it. Default: 1.");
    private static readonly Option<double> _topP =
        Decimal("--top-p", "P", "Probability mass of the nucleus of likeliest tokens to sample from. Default: 1, all tokens.");
    private static readonly Option<int> _topK = Valued<int>("--top-k", "K", "Draw from the K likeliest tokens. Default: all.");
    private static readonly Option<bool> _greedy = new("--greedy")
    {
        Description = "Greedy decoding instead of sampling; interpolation decodes greedily unless sampling is asked for.",
    };
    private static readonly Option<int> _beam =
        Valued<int>("--beam", "width", "Search for the likeliest text with this many beams instead of a draw.");
    private static readonly Option<int> _maxTokens =
        Valued<int>("--max-tokens", "N", "Cut a text after so many tokens. Default: those of the longest training sentence.");
    private static readonly Option<ulong> _seed =
        Valued<ulong>("--seed", "N", "Seed of the sampling; the same seed gives the same texts. Default: 0.");

    public static Command Create()
    {
        var command = new Command(Name, "Generate texts with a trained model, one per line: samples, continuations, or interpolations.")
        {
            ModelChoice.Run, ModelChoice.Member, ModelChoice.Class, _prompt, _from, _to, _count, _temperature, _topP, _topK,
            _greedy, _beam, _maxTokens, _seed, ModelChoice.Tokenizer, ModelChoice.Runs,
        };
        command.SetAction(Generate);
        return command;
    }

    private static void Generate(ParseResult arguments)
    {
        var (prompt, from, to) = (arguments.GetValue(_prompt), arguments.GetValue(_from), arguments.GetValue(_to));
        var interpolates = from is not null || to is not null;
        if (interpolates && (from is null || to is null))
            throw new UserException(
                $"{(from is null ? "--to needs --from" : "--from needs --to")}: give both sentences to interpolate between.");
        if (interpolates && prompt is not null)
            throw new UserException(
                "--prompt goes on from a beginning, --from and --to interpolate between two sentences; give one or the other.");
        if (prompt is not null && string.IsNullOrWhiteSpace(prompt))
            throw new UserException("--prompt is empty; give at least one word to continue, or leave it out.");
        foreach (var (option, text) in new[] { ("--from", from), ("--to", to) })
        {
            if (text is not null && string.IsNullOrWhiteSpace(text))
                throw new UserException($"{option} is empty; give a sentence.");
        }

        var least = interpolates ? 2 : 1;
        var given = Given(arguments, _count);
        if (given is { } wanted && wanted < least)
            throw new UserException(
                $"-n is {wanted}; {(interpolates ? "an interpolation has at least 2 steps" : "ask for at least 1 text")}.");
        var options = Options(arguments, interpolates);

        using var run = ModelChoice.Open(arguments);
        NoticeUnknown(run, "--prompt", prompt);
        NoticeUnknown(run, "--from", from);
        NoticeUnknown(run, "--to", to);
        var longest = run.Longest(prompt is null ? 0 : run.Tokenizer.CountTokens(prompt));
        options = options with { MaxTokens = Math.Min(longest, MaxTokens(arguments) ?? longest) };
        // A language model has one likeliest text, a VAE one for each code.
        var one = (options.MostLikely || options.Beam is not null) && run.Model is LanguageModel;
        var (count, seed) = (given ?? (one ? 1 : Texts), arguments.GetValue(_seed));
        if (one && count > 1)
            Console.Error.WriteLine(
                $"note: a language model writes the same likeliest text all {count} times; leave "
                    + $"{(options.Beam is null ? "--greedy" : "--beam")} out for different ones.");
        var texts = interpolates ? run.Interpolate(from!, to!, count, options, seed)
            : prompt is not null ? run.Continue(prompt, count, options, seed)
            : run.Sample(count, options, seed);
        foreach (var text in texts)
            Output.Line(OnOneLine(text));
    }

    // Models of bytes and characters may write anything, also what would break the line or upset a terminal.
    internal static string OnOneLine(string text) =>
        string.Concat(text.ReplaceLineEndings(" ").Select(character => char.IsControl(character) ? ' ' : character));

    private static GenerationOptions Options(ParseResult arguments, bool interpolates)
    {
        var (temperature, topP, topK) = (Given(arguments, _temperature), Given(arguments, _topP), Given(arguments, _topK));
        var (greedy, beam) = (arguments.GetValue(_greedy), Given(arguments, _beam));
        var drawn = temperature is not null ? "--temperature" : topP is not null ? "--top-p" : topK is not null ? "--top-k" : null;
        if (greedy && beam is not null)
            throw new UserException("--greedy and --beam are two ways to a likely text; leave one of them out.");
        if ((greedy || beam is not null) && drawn is not null)
            throw new UserException(
                $"{(greedy ? "--greedy" : "--beam")} draws nothing, so {drawn} has no effect; leave one of them out.");
        if (temperature is <= 0 or double.NaN or double.PositiveInfinity)
            throw new UserException(
                string.Create(CultureInfo.InvariantCulture,
                    $"--temperature is {temperature}; give a number above 0, or --greedy for the likeliest token each time."));
        if (topP is <= 0 or > 1 or double.NaN)
            throw new UserException(string.Create(CultureInfo.InvariantCulture, $"--top-p is {topP}; give a share above 0 and at most 1."));
        if (topK is < 1)
            throw new UserException($"--top-k is {topK}; give a number of tokens, at least 1.");
        if (beam is < 1)
            throw new UserException($"--beam is {beam}; give a number of beams, at least 1.");
        if (beam is { } width)
            return GenerationOptions.Greedy with { Beam = new BeamOptions { Width = width } };
        if (greedy || (interpolates && drawn is null))
            return GenerationOptions.Greedy;
        return GenerationOptions.Sample([
            .. temperature is { } t ? [new Temperature(t)] : Array.Empty<LogitsProcessor>(),
            .. topK is { } k ? [new TopK(k)] : Array.Empty<LogitsProcessor>(),
            .. topP is { } p ? [new TopP(p)] : Array.Empty<LogitsProcessor>(),
        ]);
    }

    private static int? MaxTokens(ParseResult arguments) => Given(arguments, _maxTokens) is { } most
        ? most >= 1 ? most : throw new UserException($"--max-tokens is {most}; give at least 1.")
        : null;

    private static Option<double> Decimal(string name, string value, string description) =>
        new(name) { Description = description, HelpName = value, CustomParser = Numbers.Double };

    // An option with a value.
    private static Option<T> Valued<T>(string name, string value, string description, params string[] aliases) =>
        new(name, aliases) { Description = description, HelpName = value };

    private static T? Given<T>(ParseResult arguments, Option<T> option)
        where T : struct => arguments.GetResult(option) is null ? null : arguments.GetValue(option);

    private static void NoticeUnknown(TrainedRun run, string option, string? text)
    {
        if (text is not null && run.CountUnknown(text) is var unknown and > 0)
            Console.Error.WriteLine(
                $"note: {unknown} of {run.Tokenizer.CountTokens(text)} tokens of {option} are not in the model's vocabulary; it reads "
                    + "<unk> in their place.");
    }
}
