using System.Globalization;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using Research.TextVae.Support;
using Research.TextVae.Text;

namespace Research.TextVae.Experiments;

/// <summary>
/// A described experiment that runs itself: reads the arguments it was called with, runs what the description asks for,
/// reports, checks the expectations and gives the exit code.
/// </summary>
public sealed class Recipe
{
    private readonly Dictionary<string, string> _parameters = [];
    private readonly SortedDictionary<string, string> _data = [];
    private readonly RunOptions _options;
    private bool _complete;

    private Recipe(string name, string title, RunOptions options)
    {
        Name = name;
        Title = title;
        _options = options;
    }

    /// <summary>Name of the recipe and of its folder of runs.</summary>
    public string Name { get; }

    /// <summary>What the report is headed with.</summary>
    public string Title { get; }

    /// <summary>The size asked for.</summary>
    public Preset Preset => _options.Preset;

    /// <summary>The seed everything random follows from.</summary>
    public ulong Seed => _options.Seed;

    /// <summary>Runs a recipe to its end. To be returned from the script.</summary>
    /// <param name="args">The script's arguments.</param>
    /// <param name="name">Name of the recipe, as its file's.</param>
    /// <param name="title">Title of the report.</param>
    /// <param name="describe">The experiment.</param>
    /// <param name="file">The script, by which edits are noticed when a run is continued; the compiler fills it in.</param>
    /// <returns>An <see cref="ExitCode"/>.</returns>
    public static int Run(
        IEnumerable<string> args, string name, string title, Func<Recipe, Experiment> describe, [CallerFilePath] string file = "")
    {
        ArgumentNullException.ThrowIfNull(describe);
        // Numbers in a recipe's texts look the same on every machine.
        CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
        StandardOutput.Guard();
        // The first signal ends the run at the next step, with a checkpoint.
        using var signals = new StopSignals();
        try
        {
            FolderName.Require(name, "recipe");
            var options = RunOptions.Parse(args, Environment.GetEnvironmentVariable("TEXTVAE_RUNS"));
            using var resumed = options switch
            {
                { Resume: null } => null,
                { Worker: null } => RunFolder.Open(options.Runs, name, options.Resume),
                _ => RunFolder.Join(options.Runs, name, options.Resume),
            };
            if (options.Worker is WorkerKind.Attached)
                signals.StopAtEndOf(Console.In);
            if (resumed is not null)
                options = StoredRun.Read(resumed).Continue(options);
            var console = new RunConsole(Terminal.Out, TimeProvider.System);
            console.Announce(title, name, options);
            var recipe = new Recipe(name, title, options);
            var experiment = describe(recipe);
            recipe.RefuseUnknownParameters();
            var description = recipe.Describe(experiment, file);
            return new ExperimentRun(description, experiment, options, console, TimeProvider.System).Execute(resumed, signals.Token);
        }
        catch (Exception exception) when (exception is UserException or DllNotFoundException)
        {
            Console.Error.WriteLine($"error: {exception.Message}");
            return ExitCode.UserError;
        }
        catch (Exception exception) when (MemoryShortage.Describe(exception) is { } shortage)
        {
            Console.Error.WriteLine($"error: {shortage}");
            return ExitCode.UserError;
        }
    }

    /// <summary>
    /// A configuration of which the user may set every property with <c>-p name=value</c>, the name in kebab-case: <c>-p
    /// hidden-size=256</c>.
    /// Properties of nested configurations count as its own. Two configurations with a property of one name are set together, unless one
    /// has a prefix.
    /// </summary>
    /// <typeparam name="T">A record with properties that can be initialised.</typeparam>
    /// <param name="standard">The values when nothing else is said.</param>
    /// <param name="smoke">The values under <c>--smoke</c>, from the standard ones.</param>
    /// <param name="full">The values under <c>--full</c>, from the standard ones.</param>
    /// <param name="prefix">Comes before the names, with a hyphen.</param>
    /// <exception cref="UserException">A value of the user's does not parse, or the configuration refuses it.</exception>
    public T Configure<T>(T standard, Func<T, T>? smoke = null, Func<T, T>? full = null, string prefix = "")
        where T : class
    {
        ArgumentNullException.ThrowIfNull(standard);
        var change = Preset switch { Preset.Smoke => smoke, Preset.Full => full, _ => null };
        return (T)RecipeParameters.Configure(change?.Invoke(standard) ?? standard, prefix, Take);
    }

    /// <summary>A number or text the user may set with <c>-p name=value</c>.</summary>
    /// <param name="name">Its name, in kebab-case.</param>
    /// <param name="standard">The value when nothing else is said.</param>
    /// <param name="smoke">The value under <c>--smoke</c>.</param>
    /// <param name="full">The value under <c>--full</c>.</param>
    /// <exception cref="UserException">The user's value does not parse.</exception>
    public T Parameter<T>(string name, T standard, T? smoke = null, T? full = null)
        where T : struct, IParsable<T>
    {
        var value = Preset switch { Preset.Smoke => smoke, Preset.Full => full, _ => null } ?? standard;
        return (T)RecipeParameters.Parse(name, Take(name, RecipeParameters.Format(value)), typeof(T), value)!;
    }

    /// <summary>A text the user may set with <c>-p name=value</c>.</summary>
    public string Parameter(string name, string standard) => Take(name, standard);

    /// <summary>
    /// A data set by name, or the user's own file with <c>-p data=path</c> (and <c>-p layout=lines|prose|paragraphs</c> when
    /// its layout is not recognised); split by the recipe's seed, tokenized and encoded. All parameters must be declared before, so that a
    /// wrong one is refused before anything is loaded.
    /// </summary>
    /// <param name="name">Name of the data set.</param>
    /// <param name="standard">How the text is prepared, as <see cref="Configure"/> takes it.</param>
    /// <param name="smoke">The same under <c>--smoke</c>.</param>
    /// <param name="full">The same under <c>--full</c>.</param>
    public TextData Data(
        string name, TextOptions standard, Func<TextOptions, TextOptions>? smoke = null, Func<TextOptions, TextOptions>? full = null)
    {
        ArgumentNullException.ThrowIfNull(standard);
        var options = Configure(standard, smoke, full) with { Seed = Seed };
        var source = Parameter("data", name);
        RefuseUnknownParameters();
        var text = TextData.Load(source, options with { Corpus = options.Corpus with { Notice = Console.Error.WriteLine } });
        _data[text.Name] = text.Corpus.Sha256;
        return text;
    }

    /// <summary>
    /// A parallel corpus; split by the recipe's seed, tokenized and encoded. All parameters must be declared before, so that a wrong one
    /// is refused before anything is loaded.
    /// </summary>
    /// <param name="load">Loads the corpus.</param>
    /// <param name="standard">How the pairs are prepared, as <see cref="Configure"/> takes it.</param>
    /// <param name="smoke">The same under <c>--smoke</c>.</param>
    /// <param name="full">The same under <c>--full</c>.</param>
    public ParallelData Pairs(
        Func<CorpusOptions, ParallelCorpus> load,
        PairOptions standard,
        Func<PairOptions, PairOptions>? smoke = null,
        Func<PairOptions, PairOptions>? full = null)
    {
        ArgumentNullException.ThrowIfNull(load);
        ArgumentNullException.ThrowIfNull(standard);
        var options = Configure(standard, smoke, full) with { Seed = Seed };
        RefuseUnknownParameters();
        var corpus = load(new CorpusOptions { Notice = Console.Error.WriteLine });
        _data[corpus.Name] = corpus.Sha256;
        return ParallelData.Prepare(corpus, options);
    }

    /// <summary>Varies one quantity.</summary>
    /// <param name="symbol">Its symbol, for names and axes.</param>
    /// <param name="values">Its values.</param>
    /// <param name="member">The trial of a value.</param>
    // An instance method so that a script reads recipe.Sweep(…), beside recipe.Data and recipe.Parameter.
#pragma warning disable CA1822
    public Sweep Sweep(string symbol, IReadOnlyList<double> values, Func<double, Trial> member) => new(symbol, values, member);

    /// <summary>Variants of any kind: each is a function that trains models and records measurements.</summary>
    public Study Study() => new();
#pragma warning restore CA1822

    private RunDescription Describe(Experiment experiment, string file)
    {
        var members = experiment.Members(Seed);
        foreach (var (name, sha256) in experiment.Data)
            _data[name] = sha256;
        return new RunDescription
        {
            Recipe = Name,
            Title = Title,
            About = experiment.Description,
            Preset = Preset,
            Seed = Seed,
            Device = _options.Device,
            Parameters = _parameters,
            Data = _data,
            Source = File.Exists(file) ? Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(file))).ToLowerInvariant() : null,
            Members = members,
        };
    }

    // The user's text for a parameter, or the default's. A parameter first asked for in a variant's code would be unknown to whoever sets
    // it, and missing in the run's record.
    private string Take(string name, string standard)
    {
        if (_complete && !_parameters.ContainsKey(name))
            throw new UserException(
                $"the recipe declares its parameter '{name}' after its data or while it runs; declare it before them.");
        return _parameters[name] = _options.Parameters.GetValueOrDefault(name, standard);
    }

    private void RefuseUnknownParameters()
    {
        _complete = true;
        if (_options.Parameters.Keys.FirstOrDefault(key => !_parameters.ContainsKey(key)) is not { } unknown)
            return;
        var nearest = _parameters.Keys.FirstOrDefault(key => key.Contains(unknown, StringComparison.Ordinal))
            ?? Nearest.To(unknown, _parameters.Keys);
        var known = string.Join(", ", _parameters.Select(parameter => $"{parameter.Key} (now {parameter.Value})"));
        var meant = nearest is null ? "." : $"; did you mean {nearest}?";
        throw new UserException($"-p {Excerpt.Of(unknown)}: recipe {Name} has no such parameter{meant} It has {known}.");
    }
}
