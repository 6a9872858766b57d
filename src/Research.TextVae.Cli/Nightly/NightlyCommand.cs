using System.CommandLine;
using System.Globalization;
using Research.TextVae.Cli.Recipes;
using Research.TextVae.Support;

namespace Research.TextVae.Cli.Nightly;

/// <summary><c>textvae nightly</c>: all recipes and notebooks, held against what they claim and against stored figures.</summary>
internal static class NightlyCommand
{
    /// <summary>The file of all nights, in the folder that is given.</summary>
    public const string Trend = "trend.jsonl";

    private static readonly Option<string> _output = Folder("--output", "runs/nightly", "The folder of all nights.");
    private static readonly Option<string> _recipes = Folder("--recipes", "recipes", "The folder of the recipes.");
    private static readonly Option<string> _notebooks = Folder("--notebooks", "notebooks", "The folder of the notebooks.");

    private static readonly Option<string?> _reference = new("--reference")
    {
        Description = "The figures to compare with. Default: reference.jsonl beside the recipes.",
        HelpName = "file",
    };

    private static readonly Option<string> _results = new("--results")
    {
        Description = "The page whose table the page of the night is held beside.",
        HelpName = "file",
        DefaultValueFactory = _ => "docs/results.md",
    };

    private static readonly Option<string?> _night = new("--night")
    {
        Description = "Name of the night; one that was stopped goes on with what is missing. Default: the date (UTC) and the commit.",
        HelpName = "name",
    };

    private static readonly Option<string?> _only = new("--only")
    {
        Description = "Only these recipes and notebooks, separated by commas.",
        HelpName = "name,…",
    };

    private static readonly Option<bool> _smoke = new("--smoke")
    {
        Description = "The smallest size, to see that everything works: no expectation is checked and no figure compared.",
    };

    public static Command Create()
    {
        var command = new Command("nightly", "Run all recipes and notebooks; check what they claim, and their figures against stored ones.")
        {
            _output, _recipes, _notebooks, _reference, _results, _night, _only, _smoke,
        };
        command.SetAction(result => Execute(result, TimeProvider.System));
        return command;
    }

    private static int Execute(ParseResult result, TimeProvider time)
    {
        var (recipes, isSmoke) = (result.GetValue(_recipes)!, result.GetValue(_smoke));
        var commit = CommandLine.Version.Split('+') is [_, var hash] ? hash : "unknown";
        var date = time.GetUtcNow().ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        var night = result.GetValue(_night)
            ?? $"{date}-{commit[..Math.Min(7, commit.Length)]}{(isSmoke ? "-smoke" : "")}";
        var works = Chosen(recipes, result.GetValue(_notebooks)!, result.GetValue(_only));
        var reference = ReferenceRow.Read(result.GetValue(_reference) ?? Path.Combine(recipes, "reference.jsonl"));
        using var nights = new Nights(result.GetValue(_output)!);
        using var interrupts = new StopSignals();
        return nights.Run(
            new Night(FolderName.Require(night, "night"), commit, isSmoke ? "smoke" : "standard", works), reference,
            HeadlineTable.Read(result.GetValue(_results)!), time, interrupts.Token);
    }

    /// <exception cref="UserException">A name is neither a recipe's nor a notebook's.</exception>
    private static NightWork[] Chosen(string recipes, string notebooks, string? only)
    {
        NightWork[] all =
        [
            .. RecipeFile.In(recipes).Select(recipe => new NightWork(recipe.Name, recipe.Path)),
            .. (Directory.Exists(notebooks) ? Directory.GetFiles(notebooks, "*.ipynb") : []).Order(StringComparer.Ordinal)
                .Select(path => new NightWork(Path.GetFileNameWithoutExtension(path), path)),
        ];
        if (only is null)
            return all;
        var names = only.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        var known = all.Select(work => work.Name).ToList();
        if (names.FirstOrDefault(name => !known.Contains(name)) is { } unknown)
        {
            throw new UserException($"--only: there is no recipe or notebook '{Excerpt.Of(unknown)}' in {recipes} and {notebooks}"
                + (Nearest.To(unknown, known) is { } nearest ? $"; did you mean {nearest}?" : "."));
        }

        return names.Length > 0 ? [.. all.Where(work => names.Contains(work.Name))]
            : throw new UserException("--only: name at least one recipe or notebook.");
    }

    private static Option<string> Folder(string name, string standard, string description) => new(name)
    {
        Description = description,
        HelpName = "folder",
        DefaultValueFactory = _ => standard,
    };
}
