using System.CommandLine;
using Research.TextVae.Explorer;
using Research.TextVae.Models;
using Research.TextVae.Support;

namespace Research.TextVae.Cli;

/// <summary><c>textvae explore</c>: a page on which a trained model is asked.</summary>
internal static class ExploreCommand
{
    public const string Name = "explore";

    public const string Examples =
        """
        Examples:
          textvae explore vae-beta-sweep --member β=0.1          the latent space of a VAE of the newest run of a recipe
          textvae explore language-models --member Transformer   next tokens and attention of a language model
          textvae explore 20261101 --member β=0.1 --no-browser   print the address; forward the port to see it from elsewhere

        """;

    private static readonly Option<string?> _data = new("--data")
    {
        Description = "The text whose test sentences are shown. Default: what the run was trained on.",
        HelpName = "name or file",
    };
    private static readonly Option<int> _sentences = new("--sentences")
    {
        Description = "Sentences on the map, evenly spaced over the test set. Default: 1000.",
        HelpName = "N",
        DefaultValueFactory = _ => 1000,
    };
    private static readonly Option<int> _port = new("--port")
    {
        Description = "The port of the page, on this machine alone. Default: any free one.",
        HelpName = "N",
    };
    private static readonly Option<bool> _noBrowser = new("--no-browser")
    {
        Description = "Print the page's address and open no browser.",
    };

    public static Command Create()
    {
        var command = new Command(Name, "Explore a trained model on a page in the browser: its latent space, or what it expects next.")
        {
            ModelChoice.Run, ModelChoice.Member, ModelChoice.Class, _data, _sentences, _port, _noBrowser,
            ModelChoice.Tokenizer, ModelChoice.Runs,
        };
        command.SetAction((arguments, _) => Explore(arguments));
        return command;
    }

    private static async Task<int> Explore(ParseResult arguments)
    {
        var (sentences, port) = (arguments.GetValue(_sentences), arguments.GetValue(_port));
        if (sentences is < 2 or > 5000)
            throw new UserException($"--sentences is {sentences}; give 2 to 5000.");
        if (port is < 0 or > 65535)
            throw new UserException($"--port is {port}; give 1 to 65535, or leave it out for any free port.");
        using var interrupts = new StopSignals();
        using var run = ModelChoice.Open(arguments);
        var shown = run.Model is TextVaeModel ? run.TestSentences(arguments.GetValue(_data)).EvenlySpaced(sentences) : null;
        await using var server = await ExploreServer.Start(run, shown, port);
        Output.Line($"{run.Member} is at {server.Address}");
        Output.Line("for you alone, until Ctrl+C");
        if (!arguments.GetValue(_noBrowser))
            Browser.Open(server.Address);
        interrupts.Token.WaitHandle.WaitOne();
        return ExitCode.Success;
    }
}
