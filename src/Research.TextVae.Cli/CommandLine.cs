using System.CommandLine;
using System.CommandLine.Help;
using System.Reflection;
using Research.TextVae.Cli.Doctor;
using Research.TextVae.Cli.Nightly;
using Research.TextVae.Cli.Notebooks;
using Research.TextVae.Cli.Recipes;
using Research.TextVae.Cli.Runs;
using Research.TextVae.Kernels;
using Research.TextVae.Support;

namespace Research.TextVae.Cli;

/// <summary>The commands of <c>textvae</c>, and what every one of them does about help, mistakes and exit codes.</summary>
internal static class CommandLine
{
    /// <summary>The version with the commit it was built from.</summary>
    public static string Version { get; } =
        typeof(CommandLine).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion;

    public static int Run(string[] args)
    {
        LibTorch.Fetch = LibTorchPackage.Fetch;
        StandardOutput.Guard();
        try
        {
            // What is not the recipe belongs to the recipe, so this command is not parsed here; it is also the one that has to start fast.
            if (args is ["run", .. var rest] && !rest.Any(argument => argument is "--help" or "-h" or "-?")
                && RecipeArguments.TrySplit(rest, out var recipe))
                return RunCommand.Execute(recipe);
            return Invoke(CreateRoot().Parse(args));
        }
        catch (UserException error)
        {
            Console.Error.WriteLine("error: " + error.Message);
            return ExitCode.UserError;
        }
        catch (OperationCanceledException)
        {
            return ExitCode.Interrupted;
        }
        catch (Exception error) when (MemoryShortage.Describe(error) is { } shortage)
        {
            Console.Error.WriteLine("error: " + shortage);
            return ExitCode.UserError;
        }
#pragma warning disable CA1031 // The last resort: a defect ends with its stack trace and its own exit code instead of a core dump.
        catch (Exception defect)
#pragma warning restore CA1031
        {
            Console.Error.WriteLine(defect);
            return ExitCode.InternalError;
        }
    }

    internal static RootCommand CreateRoot()
    {
        var root = new RootCommand(
            "Text autoencoders and language models: runs experiments written as C# scripts (recipes) and shows what they recorded.")
        {
            RunCommand.Create(),
            Recipes.RecipesCommand.Create(),
            DataCommand.Create(),
            Runs.RunsCommand.Create(),
            GenerateCommand.Create(),
            ExploreCommand.Create(),
            Notebooks.NotebookCommand.Create(),
            KernelCommand.Create(),
            NightlyCommand.Create(),
            Doctor.DoctorCommand.Create(),
            TestCommand.Create(),
            PackCommand.Create(),
            BenchCommand.Create(),
        };
        root.SetAction(_ => Invoke(root.Parse("--help")));
        ExamplesHelp.AppendTo(root);
        return root;
    }

    private static int Invoke(ParseResult result)
    {
        var helpWanted = result.Action is HelpAction or ExamplesHelp;
        if ((result.Errors.Count > 0 || Mistake.StrayOption(result) is not null) && !helpWanted)
            throw new UserException(Mistake.Describe(result));
        return result.Invoke(new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null });
    }
}
