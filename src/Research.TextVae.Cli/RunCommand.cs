using System.CommandLine;
using Research.TextVae.Experiments;
using Research.TextVae.Explorer;
using Research.TextVae.Notebooks.Scripts;
using Research.TextVae.Support;

namespace Research.TextVae.Cli;

/// <summary><c>textvae run recipe.csx …</c>: runs a recipe in this process; one in F# under the SDK's interpreter.</summary>
internal static class RunCommand
{
    private const string Live = "--live", NoBrowser = "--no-browser";

    /// <summary>Describes the command. The options are read by the recipe; they are declared here so that help lists them.</summary>
    public static Command Create()
    {
        var command = new Command("run", "Run a recipe: train its models, check its expectations, write its report.")
        {
            new Argument<string>("recipe")
            {
                Description = "The recipe, a script in C# such as recipes/vae-beta-sweep.csx, or in F# (.fsx).",
                HelpName = "recipe.csx",
                Arity = ArgumentArity.ZeroOrOne,
            },
            new Option<string[]>("-p", "--parameter")
            {
                Description = "Set a parameter of the recipe. May be repeated.",
                HelpName = "name=value",
            },
            new Option<bool>("--smoke") { Description = "The smallest size: a run of seconds that shows whether everything works." },
            new Option<bool>("--full") { Description = "The largest size, for publishable numbers; it takes hours." },
            new Option<string>("--seed")
            {
                Description = "The seed of every random choice. The same seed gives the same numbers.",
                HelpName = "N",
            },
            new Option<string>("--device") { Description = "Device of the tensors: cpu or cuda.", HelpName = "device" },
            new Option<string>("--resume") { Description = "Continue the run with this id from its last checkpoints.", HelpName = "id" },
            new Option<bool>("--accept-changes")
            {
                Description = "Continue it although recipe, data or version have changed; members not finished begin anew.",
            },
            new Option<string>("--jobs")
            {
                Description = "Do N members at a time, each in a process of its own with its share of the cores. Default: 1.",
                HelpName = "N",
            },
            new Option<string>("--runs")
            {
                Description = "The folder for run records. Default: runs, or $TEXTVAE_RUNS.",
                HelpName = "folder",
            },
            new Option<bool>(Live) { Description = "Show the report in the browser while it grows; for you alone, on this machine." },
            new Option<bool>(NoBrowser) { Description = "With --live: print the page's address and open no browser." },
        };
        command.SetAction(int (_) =>
            throw new UserException("no recipe was named. Write for example: textvae run recipes/vae-beta-sweep.csx"));
        return command;
    }

    public static int Execute(RecipeArguments arguments)
    {
        var recipes = OfRecipe(arguments.Arguments);
        if (FSharpScript.Is(arguments.Recipe))
            return recipes.Length == arguments.Arguments.Count
                ? FSharpScript.Run(arguments.Recipe, recipes)
                : throw new UserException($"{Live} shows C# recipes, which run in this process; leave it out for {arguments.Recipe}.");
        var shows = arguments.Arguments.Contains(Live);
        if (!shows && arguments.Arguments.Contains(NoBrowser))
            throw new UserException($"{NoBrowser} is about the page of {Live}; give both, or leave it out.");
        if (!shows || arguments.Arguments.Contains(Workers.Option))
            return new ScriptRunner(Console.Error).Run(arguments.Recipe, recipes);
        return ExecuteLive(arguments.Recipe, recipes, opens: !arguments.Arguments.Contains(NoBrowser)).GetAwaiter().GetResult();
    }

    /// <summary>The arguments that are the recipe's, which refuses what neither knows.</summary>
    /// <exception cref="UserException">One is nearly an option of this command's own.</exception>
    internal static string[] OfRecipe(IReadOnlyList<string> arguments)
    {
        string[] own = [Live, NoBrowser];
        string[] known = [.. Create().Options.SelectMany(option => option.Aliases.Prepend(option.Name)), Workers.Option];
        foreach (var argument in arguments.Where(argument => argument.StartsWith('-') && !known.Contains(argument)))
        {
            if (Nearest.To(argument, known) is { } nearest && own.Contains(nearest))
                throw new UserException($"unknown option '{Excerpt.Of(argument)}'; did you mean {nearest}? See 'textvae run --help'.");
        }

        return [.. arguments.Where(argument => !own.Contains(argument))];
    }

    private static async Task<int> ExecuteLive(string recipe, string[] arguments, bool opens)
    {
        await using var live = await LiveReport.Start();
        Console.Error.WriteLine($"live: {live.Address}");
        ExperimentRun.Begun += live.Show;
        if (opens)
            Browser.Open(live.Address);
        // On this thread, since the recipe's console and signals are the process's.
        var code = new ScriptRunner(Console.Error).Run(recipe, arguments);
        await live.End();
        return code;
    }
}
