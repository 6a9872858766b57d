using Research.TextVae.Cli;

return CommandLine.Run(args);
