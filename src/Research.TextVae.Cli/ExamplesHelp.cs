using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace Research.TextVae.Cli;

/// <summary>The ordinary help, followed by examples where it is the help of the whole program or of a command that has some.</summary>
internal sealed class ExamplesHelp(HelpAction help) : SynchronousCommandLineAction
{
    private const string Examples =
        """
        Examples:
          textvae run recipes/vae-beta-sweep.csx                 train, measure, write the report
          textvae run recipes/vae-beta-sweep.csx --smoke         the same in seconds, to see that it works
          textvae run recipes/vae-beta-sweep.csx -p data=my.txt  on your own text
          textvae runs list                                      what has been run
          textvae generate --prompt "She was"                    what the model of the newest run makes of it
          textvae explore --member β=0.1                         look into its latent space, in the browser
          textvae notebook run notebooks/*.ipynb                 run notebooks and store their outputs
          textvae doctor                                         versions, speed, what is missing

        Exit codes: 0 success, 1 an expectation of the recipe did not hold, 2 a mistake you can mend,
        70 a defect of the program, 130 stopped by Ctrl+C.

        """;

    public static void AppendTo(RootCommand root)
    {
        var option = root.Options.OfType<HelpOption>().Single();
        if (option.Action is HelpAction help)
            option.Action = new ExamplesHelp(help);
    }

    public override int Invoke(ParseResult parseResult)
    {
        var code = help.Invoke(parseResult);
        var examples = parseResult.CommandResult.Command switch
        {
            RootCommand => Examples,
            { Name: GenerateCommand.Name } => GenerateCommand.Examples,
            { Name: ExploreCommand.Name } => ExploreCommand.Examples,
            _ => null,
        };
        if (examples is not null)
            parseResult.InvocationConfiguration.Output.WriteLine(examples);
        return code;
    }
}
