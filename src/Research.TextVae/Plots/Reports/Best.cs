namespace Research.TextVae.Plots;

/// <summary>Which number of a table's column is highlighted.</summary>
public enum Best
{
    None,
    Lowest,
    Highest,
}
