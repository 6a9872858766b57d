namespace Research.TextVae.Charts;

/// <summary>
/// The colours of a figure. The categorical palette is that of Okabe and Ito (2008), which people with any common form of colour
/// blindness can tell apart, with yellow darkened on white and every colour lightened on the dark ground.
/// </summary>
public sealed record Theme
{
    /// <summary>Dark ink on white, for print and light pages.</summary>
    public static Theme Light { get; } = new()
    {
        Paper = "#ffffff",
        Ink = "#1f262d",
        Label = "#4c5661",
        Muted = "#6b7680",
        Grid = "#e8ebed",
        AxisLine = "#c3c9cf",
        Categorical = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#8f7f00", "#6d6d6d"],
        Ordered = ["#440154", "#46327e", "#365c8d", "#277f8e", "#1fa187", "#4ac16d", "#8fcf3c"],
        Sequential = ["#f4f6f8", "#cfe1f0", "#8fc1e0", "#3f93c6", "#0f66a3", "#08335f"],
        Diverging = ["#0b5394", "#79b0d8", "#f4f5f6", "#eda072", "#b34700"],
    };

    /// <summary>Light ink on a dark ground.</summary>
    public static Theme Dark { get; } = new()
    {
        Paper = "#171b20",
        Ink = "#e7eaed",
        Label = "#b3bcc6",
        Muted = "#7f8b97",
        Grid = "#282f37",
        AxisLine = "#434d58",
        Categorical = ["#4aa8e8", "#ff8a4c", "#2fc59a", "#e59ac6", "#f3b73e", "#a5daf8", "#e3d64c", "#b9bfc6"],
        Ordered = ["#7a6fd0", "#5f8fe0", "#3fa9c9", "#2fbf9f", "#5fd07c", "#a9dd4f", "#f5e549"],
        Sequential = ["#1b2129", "#1f3d5c", "#22659c", "#3f93cf", "#8cc7ec", "#e6f4fd"],
        Diverging = ["#6cb6ee", "#2d6a9b", "#20262d", "#a4562a", "#ff9a62"],
    };

    /// <summary>Background colour, <c>#rrggbb</c>.</summary>
    public required string Paper { get; init; }

    /// <summary>Colour of titles, <c>#rrggbb</c>.</summary>
    public required string Ink { get; init; }

    /// <summary>Colour of axis titles and legends, <c>#rrggbb</c>.</summary>
    public required string Label { get; init; }

    /// <summary>Colour of tick labels and secondary annotations, <c>#rrggbb</c>.</summary>
    public required string Muted { get; init; }

    /// <summary>Colour of grid lines, <c>#rrggbb</c>.</summary>
    public required string Grid { get; init; }

    /// <summary>Colour of axis lines and tick marks, <c>#rrggbb</c>.</summary>
    public required string AxisLine { get; init; }

    /// <summary>For names without an order.</summary>
    public required IReadOnlyList<string> Categorical { get; init; }

    /// <summary>Stops of a scale for lines whose names are ordered, such as the members of a β sweep.</summary>
    public required IReadOnlyList<string> Ordered { get; init; }

    /// <summary>Stops of a heatmap's scale; zero fades into the page.</summary>
    public required IReadOnlyList<string> Sequential { get; init; }

    /// <summary>Stops of a heatmap's scale around zero.</summary>
    public required IReadOnlyList<string> Diverging { get; init; }

    /// <summary>What each colour of the light theme becomes in the dark one.</summary>
    internal static IReadOnlyDictionary<string, string> LightToDark { get; } = All(Light).Zip(All(Dark)).DistinctBy(pair => pair.First)
        .ToDictionary(pair => pair.First, pair => pair.Second);

    /// <summary>The colour of place <paramref name="index"/> among <paramref name="count"/> ordered names.</summary>
    internal string OrderedColor(int index, int count)
    {
        if (count <= 1) return Ordered[2];
        var position = index * (Ordered.Count - 1) / (double)(count - 1);
        var low = Math.Min((int)position, Ordered.Count - 2);
        return Mix(Ordered[low], Ordered[low + 1], position - low);
    }

    private static IEnumerable<string> All(Theme theme) =>
    [
        theme.Paper, WithOpacity(theme.Paper, BehindText), theme.Ink, theme.Label, theme.Muted, theme.Grid, theme.AxisLine,
        .. theme.Sequential, .. theme.Diverging, .. theme.Categorical,
        .. Enumerable.Range(1, 12).SelectMany(count => Enumerable.Range(0, count).Select(index => theme.OrderedColor(index, count))),
        .. theme.Categorical.SelectMany(color => (string[])[WithOpacity(color, 0.18), WithOpacity(color, 0.22), WithOpacity(color, 0.75)]),
    ];

    /// <summary>Opacity of the ground of texts that lines may cross.</summary>
    internal const double BehindText = 0.85;

    internal static string WithOpacity(string hex, double opacity) =>
        FormattableString.Invariant($"rgba({Channel(hex, 0)},{Channel(hex, 1)},{Channel(hex, 2)},{opacity:0.##})");

    private static string Mix(string from, string to, double share)
    {
        int Channels(int index) => (int)Math.Round(Channel(from, index) * (1 - share) + Channel(to, index) * share);
        return FormattableString.Invariant($"#{Channels(0):x2}{Channels(1):x2}{Channels(2):x2}");
    }

    private static int Channel(string hex, int index) => Convert.ToInt32(hex.Substring(1 + 2 * index, 2), 16);
}
