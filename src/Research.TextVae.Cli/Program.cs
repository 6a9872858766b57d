using Research.TextVae.Cli;
using Research.TextVae.Support;

if (ProcessLimits.Problem is { } problem)
{
    Console.Error.WriteLine("error: " + problem);
    return ExitCode.UserError;
}

if (args is ["kernel", "run", ..])
    KernelCommand.HearInterrupts();
return CommandLine.Run(args);
