namespace Research.TextVae.Experiments;

/// <summary>What a member of a study has measured: its <c>members/&lt;name&gt;/result.json</c>.</summary>
public sealed record MemberResult
{
    /// <summary>The member's name, without its seed.</summary>
    public required string Member { get; init; }

    public required ulong Seed { get; init; }

    /// <summary>Numbers by column.</summary>
    public Dictionary<string, double> Values { get; init; } = [];

    /// <summary>Curves and point clouds by name.</summary>
    public Dictionary<string, Series> Series { get; init; } = [];

    /// <summary>Tables of texts.</summary>
    public List<TextTable> Texts { get; init; } = [];

    /// <summary>Seconds it took.</summary>
    public double Seconds { get; set; }
}
