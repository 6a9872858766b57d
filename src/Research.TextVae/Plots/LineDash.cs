namespace Research.TextVae.Plots;

/// <summary>The pattern of a line.</summary>
public enum LineDash
{
    Solid,
    Dash,
    Dot,
    DashDot,
}
