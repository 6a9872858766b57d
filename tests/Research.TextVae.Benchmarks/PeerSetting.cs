namespace Research.TextVae.Benchmarks;

/// <summary>Environment variables that a peer is run with.</summary>
internal sealed record PeerSetting(string Name, Dictionary<string, string> Variables)
{
    public override string ToString() => Name;
}
