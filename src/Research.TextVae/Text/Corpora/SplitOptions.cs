namespace Research.TextVae.Text;

/// <summary>How sentences are divided between training, validation and test.</summary>
public sealed record SplitOptions
{
    /// <summary>Share of the sentences for validation; whole documents are taken until it is reached.</summary>
    public double Validation { get; init => field = Require.Within(0, 0.9, value); } = 0.05;

    /// <summary>Share of the sentences for test.</summary>
    public double Test { get; init => field = Require.Within(0, 0.9, value); } = 0.05;

    /// <summary>Decides which documents go where.</summary>
    public ulong Seed { get; init; }

    /// <summary>Shorter sentences, in words and punctuation marks, are left out.</summary>
    public int MinTokens { get; init => field = Require.AtLeast(1, value); } = 1;

    /// <summary>Longer sentences are left out.</summary>
    public int MaxTokens { get; init => field = Require.AtLeast(1, value); } = int.MaxValue;
}
