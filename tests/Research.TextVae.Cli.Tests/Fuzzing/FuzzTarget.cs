namespace Research.TextVae.Cli.Tests.Fuzzing;

/// <summary>A reader of something that strangers may give.</summary>
/// <param name="Name">Also of its folder in the corpus.</param>
/// <param name="Seeds">Valid inputs, of which the cases are made.</param>
/// <param name="Read">Reads an input: returns, or throws a <see cref="Support.UserException"/>.</param>
internal sealed record FuzzTarget(string Name, IReadOnlyList<byte[]> Seeds, Action<byte[]> Read)
{
    /// <summary>Shown in the list of tests.</summary>
    public override string ToString() => Name;
}
