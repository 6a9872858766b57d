namespace Research.TextVae.Notebooks.Engine;

/// <summary>How a cell ended.</summary>
/// <param name="Error">Null when it ran to its end.</param>
/// <param name="Elapsed">Compilation and execution.</param>
public sealed record CellResult(CellError? Error, TimeSpan Elapsed)
{
    /// <summary>Whether the cell ran to its end.</summary>
    public bool Succeeded => Error is null;
}
