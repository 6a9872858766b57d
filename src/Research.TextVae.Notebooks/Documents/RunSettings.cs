namespace Research.TextVae.Notebooks.Documents;

/// <summary>How a notebook is run.</summary>
public sealed record RunSettings
{
    /// <summary>Values for parameters, by name.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Parameters { get; init; } = [];

    /// <summary>The most that one cell may take; null for as long as it needs.</summary>
    public TimeSpan? CellTimeout { get; init; }

    /// <summary>Only injects the parameters.</summary>
    public bool PrepareOnly { get; init; }
}
