using System.Globalization;
using Research.TextVae.Support;

namespace Research.TextVae.Benchmarks;

/// <summary>The command line of a benchmark run.</summary>
internal sealed record Options(IReadOnlyList<string> Names, int Rounds, int Steps, bool Profile, string? Json, string? Page)
{
    public static Options Parse(string[] args)
    {
        var options = new Options([], 5, 10, false, null, null);
        for (var i = 0; i < args.Length; i++)
        {
            options = args[i] switch
            {
                "--rounds" => options with { Rounds = Count(args, ++i) },
                "--steps" => options with { Steps = Count(args, ++i) },
                "--profile" => options with { Profile = true },
                "--json" => options with { Json = Value(args, ++i) },
                "--page" => options with { Page = Value(args, ++i) },
                var name when !name.StartsWith('-') => options with { Names = [.. options.Names, name] },
                var other =>
                    throw new UserException(
                        $"\"{other}\" is not an option of the benchmarks; there are --rounds, --steps, --profile, --json and --page."),
            };
        }

        return options;
    }

    private static int Count(string[] args, int i) =>
        int.TryParse(Value(args, i), NumberStyles.None, CultureInfo.InvariantCulture, out var count) && count > 0 ? count
        : throw new UserException($"{args[i - 1]} takes a positive number, not \"{args[i]}\".");

    private static string Value(string[] args, int i) => i < args.Length ? args[i] : throw new UserException($"{args[^1]} needs a value.");
}
