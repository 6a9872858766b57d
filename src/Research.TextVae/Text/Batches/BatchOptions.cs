namespace Research.TextVae.Text;

/// <summary>How sentences are put into batches.</summary>
public sealed record BatchOptions
{
    /// <summary>Most sentences in a batch.</summary>
    public int BatchSize { get; init => field = Require.AtLeast(1, value); } = 32;

    /// <summary>
    /// Most places in a batch, padding included: sentences × (longest + 1). A single sentence longer than that is a batch of its own.
    /// Null for no limit.
    /// </summary>
    public int? MaxTokensPerBatch { get; init => field = value is { } budget ? Require.AtLeast(1, budget) : null; }

    /// <summary>Random order, another one each epoch; otherwise from short to long sentences, the same every time.</summary>
    public bool Shuffle { get; init; } = true;

    /// <summary>
    /// Shuffled sentences are sorted by length within windows of this many batches. Larger windows need less padding, smaller ones
    /// mix sentences more freely.
    /// </summary>
    public int WindowBatches { get; init => field = Require.AtLeast(1, value); } = 50;
}
