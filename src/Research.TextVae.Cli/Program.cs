using Research.TextVae.Cli;

if (args is ["kernel", "run", ..])
    KernelCommand.HearInterrupts();
return CommandLine.Run(args);
