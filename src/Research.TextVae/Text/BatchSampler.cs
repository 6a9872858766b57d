using Research.TextVae.Support;

namespace Research.TextVae.Text;

/// <summary>
/// Batches of examples of similar length, every example exactly once per epoch. The batches of an epoch depend on the set, the
/// options, the seed and the epoch alone, so training resumes at any batch exactly as it would have gone on.
/// </summary>
public sealed class BatchSampler
{
    private readonly IDataset _set;
    private readonly BatchOptions _options;
    private readonly ulong _seed;
    private (int Epoch, List<int[]> Batches)? _plan;

    /// <param name="set">The examples.</param>
    /// <param name="options">How they are put into batches.</param>
    /// <param name="seed">Seed of the order.</param>
    public BatchSampler(IDataset set, BatchOptions options, ulong seed)
    {
        ArgumentNullException.ThrowIfNull(set);
        ArgumentNullException.ThrowIfNull(options);
        _set = set;
        _options = options;
        _seed = seed;
    }

    /// <summary>Number of batches of an epoch.</summary>
    public int BatchesPerEpoch(int epoch) => Plan(epoch).Count;

    /// <summary>The batches of an epoch from <paramref name="startBatch"/> on, each as the indices of its examples.</summary>
    public IEnumerable<int[]> Epoch(int epoch, int startBatch = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(epoch);
        ArgumentOutOfRangeException.ThrowIfNegative(startBatch);
        return Plan(epoch).Skip(startBatch).Select(indices =>
        {
            HostInterruption.Check();
            return indices;
        });
    }

    /// <summary>One batch of an epoch, as the indices of its examples.</summary>
    public int[] Batch(int epoch, int batch)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(epoch);
        return Plan(epoch)[batch];
    }

    private List<int[]> Plan(int epoch)
    {
        // Without shuffling all epochs are the same.
        var key = _options.Shuffle ? epoch : 0;
        if (_plan is { } plan && plan.Epoch == key)
            return plan.Batches;
        var batches = _options.Shuffle ? Shuffled(key) : InOrder();
        _plan = (key, batches);
        return batches;
    }

    private List<int[]> InOrder()
    {
        var order = Enumerable.Range(0, _set.Count).ToArray();
        SortByLength(order);
        var batches = new List<int[]>();
        Cut(order, batches);
        return batches;
    }

    private List<int[]> Shuffled(int epoch)
    {
        var random = new StableRandom(StableRandom.Derive(_seed, (ulong)epoch));
        var order = Enumerable.Range(0, _set.Count).ToArray();
        random.Shuffle<int>(order);
        // Without lengths nothing is sorted, and the batches are in random order already.
        if (_set.Lengths is null)
            return [.. order.Chunk(_options.BatchSize)];
        var window = (int)Math.Min(order.Length, (long)_options.BatchSize * _options.WindowBatches);
        var batches = new List<int[]>();
        for (var start = 0; start < order.Length; start += window)
        {
            var part = order.AsSpan(start, Math.Min(window, order.Length - start));
            SortByLength(part);
            Cut(part, batches);
        }

        var shuffled = batches.ToArray();
        random.Shuffle<int[]>(shuffled);
        return [.. shuffled];
    }

    // Equally long sentences keep their order, which an unstable sort would not promise.
    private void SortByLength(Span<int> order)
    {
        var keys = new (int Length, int Place)[order.Length];
        for (var i = 0; i < keys.Length; i++)
            keys[i] = (Length(order[i]), i);
        keys.AsSpan().Sort(order);
    }

    private void Cut(ReadOnlySpan<int> order, List<int[]> batches)
    {
        for (var start = 0; start < order.Length;)
        {
            var count = 1;
            while (start + count < order.Length && count < _options.BatchSize && Fits(order[start + count], count + 1))
                count++;
            batches.Add(order.Slice(start, count).ToArray());
            start += count;
        }
    }

    // The sentences come sorted, so the newest is the longest.
    private bool Fits(int longest, int count) =>
        _options.MaxTokensPerBatch is not { } budget || (long)count * (Length(longest) + 1) <= budget;

    private int Length(int example) => _set.Lengths?[example] ?? 0;
}

/// <summary>How examples are put into batches.</summary>
public sealed record BatchOptions
{
    /// <summary>Maximum number of examples per batch.</summary>
    public int BatchSize { get; init => field = Require.AtLeast(1, value); } = 32;

    /// <summary>
    /// Maximum number of tokens per batch, padding included: examples × (longest + 1). A single example longer than that is a batch of
    /// its own. Null for no limit.
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
