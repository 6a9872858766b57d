namespace Research.TextVae.Text;

/// <summary>Runs programs of the machine; tests put their own in its place.</summary>
internal interface ICommandRunner
{
    /// <exception cref="FetchException">There is no such program.</exception>
    CommandResult Run(Command command, CancellationToken cancellation);
}
