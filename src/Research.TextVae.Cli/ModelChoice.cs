using System.CommandLine;
using Research.TextVae.Cli.Runs;
using Research.TextVae.Experiments;

namespace Research.TextVae.Cli;

/// <summary>What names a trained model on the command line: a run, its member, and a class where the model has classes.</summary>
internal static class ModelChoice
{
    public static Argument<string?> Run { get; } = new("run")
    {
        Description = "The beginning of a run's id, a recipe's name for its newest run, or the folder of a run or of one of its members. "
            + "Default: the newest run.",
        Arity = ArgumentArity.ZeroOrOne,
    };

    public static Option<string?> Member { get; } = new("--member")
    {
        Description = "Which of the run's members; needed where several have a model.",
        HelpName = "name",
    };

    public static Option<string?> Class { get; } = new("--class")
    {
        Description = "Which class, with a model that is conditioned on classes.",
        HelpName = "name",
    };

    public static Option<string?> Tokenizer { get; } = new("--tokenizer")
    {
        Description = "The file of the tokenizer, where the run has none because its program gave the tokenizer as an object: "
            + "tokenizer.json, vocab.txt, *.model or *.tiktoken.",
        HelpName = "file",
    };

    public static Option<string?> Runs { get; } = new("--runs")
    {
        Description = "The folder of the runs. Default: runs, or $TEXTVAE_RUNS.",
        HelpName = "folder",
    };

    /// <summary>Opens the model that the arguments name; the caller disposes of it.</summary>
    public static TrainedRun Open(ParseResult arguments)
    {
        var run = TrainedRun.Open(
            RunStore.Locate(arguments.GetValue(Run), arguments.GetValue(Runs)), arguments.GetValue(Member),
            arguments.GetValue(Tokenizer) is { } file ? Tokenizers.Tokenizer.Load(file) : null);
        try
        {
            return arguments.GetValue(Class) is { } name ? run.OfClass(name) : run;
        }
        catch
        {
            run.Dispose();
            throw;
        }
    }
}
