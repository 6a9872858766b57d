using Research.TextVae.Cli;
using Research.TextVae.Support;

if (ProcessLimits.Problem is { } problem)
{
    Console.Error.WriteLine("error: " + problem);
    return ExitCode.UserError;
}

return CommandLine.Run(args);
