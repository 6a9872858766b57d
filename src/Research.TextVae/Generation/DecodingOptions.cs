namespace Research.TextVae.Generation;

/// <summary>How a sentence is written token by token.</summary>
public sealed record DecodingOptions
{
    /// <summary>Takes the likeliest token each time.</summary>
    public static DecodingOptions Greedy { get; } = new() { Likeliest = true };

    /// <summary>Draws each token from the model's distribution, changed by the filters in their order.</summary>
    public static DecodingOptions Sample(params LogitsFilter[] filters) => new() { Filters = filters };

    /// <summary>The likeliest token instead of a draw.</summary>
    public bool Likeliest { get; init; }

    /// <summary>What changes the distribution before a draw.</summary>
    public IReadOnlyList<LogitsFilter> Filters { get; init; } = [];

    /// <summary>Tokens after which a sentence that has not ended is cut.</summary>
    public int MaxTokens { get; init => field = Require.AtLeast(1, value); } = 60;

    /// <summary>Lets <c>&lt;unk&gt;</c> be written; otherwise the model must choose a word it knows.</summary>
    public bool AllowUnknown { get; init; }
}
