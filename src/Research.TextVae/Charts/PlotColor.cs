namespace Research.TextVae.Charts;

/// <summary>A colour by its role, so that the light and the dark theme can each give it their own value; or a fixed one.</summary>
public readonly record struct PlotColor
{
    private readonly string? _hex;
    private readonly Role _role;
    private readonly int _slot;

    private PlotColor(Role role, int slot = 0, string? hex = null) => (_role, _slot, _hex) = (role, slot, hex);

    private enum Role
    {
        Slot,
        Muted,
        Ink,
        Fixed,
    }

    /// <summary>Colour of background elements: reference lines, "other" points.</summary>
    public static PlotColor Muted => new(Role.Muted);

    /// <summary>The colour of text.</summary>
    public static PlotColor Ink => new(Role.Ink);

    /// <summary>The n-th colour of the theme's categorical palette, counted from 0, repeating.</summary>
    public static PlotColor Slot(int index) => new(Role.Slot, index);

    /// <summary>A fixed colour, <c>#rrggbb</c>, the same in both themes.</summary>
    /// <exception cref="ArgumentException">The text is not <c>#rrggbb</c>.</exception>
    public static PlotColor Hex(string rgb)
    {
        if (rgb is not { Length: 7 } || rgb[0] != '#' || !rgb.Skip(1).All(char.IsAsciiHexDigit))
            throw new ArgumentException($"A colour is written #rrggbb, not '{rgb}'.", nameof(rgb));
        return new(Role.Fixed, hex: rgb);
    }

    internal string In(Theme theme) => _role switch
    {
        Role.Slot => theme.Categorical[_slot % theme.Categorical.Count],
        Role.Muted => theme.Muted,
        Role.Ink => theme.Ink,
        _ => _hex!,
    };
}
