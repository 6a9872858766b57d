using Research.TextVae.Tokenizers;

namespace Research.TextVae.Text;

/// <summary>
/// Sentences side by side, as a decoder reads and predicts them. Arrays of shape [batch, time] are row by row; time is the
/// longest sentence's predicted tokens, its <c>&lt;/s&gt;</c> included.
/// </summary>
public sealed class TokenBatch
{
    private TokenBatch(int[] indices, int time)
    {
        Indices = indices;
        Time = time;
        Lengths = new int[indices.Length];
        Inputs = new long[indices.Length * time];
        Targets = new long[indices.Length * time];
    }

    /// <summary>Sentences.</summary>
    public int Size => Indices.Length;

    /// <summary>Length of the longest sentence, plus one.</summary>
    public int Time { get; }

    /// <summary>Place of each sentence in its set; [batch].</summary>
    public int[] Indices { get; }

    /// <summary>The class of each sentence, where the set has classes; [batch].</summary>
    public long[]? Labels { get; private init; }

    /// <summary>What the decoder reads, <c>&lt;s&gt; w₁ … wₙ &lt;pad&gt; …</c>; [batch, time].</summary>
    public long[] Inputs { get; }

    /// <summary>What it predicts, <c>w₁ … wₙ &lt;/s&gt; &lt;pad&gt; …</c>; [batch, time].</summary>
    public long[] Targets { get; }

    /// <summary>Predicted tokens of each sentence, <c>&lt;/s&gt;</c> included and <c>&lt;s&gt;</c> excluded; [batch].</summary>
    public int[] Lengths { get; }

    /// <summary>Predicted tokens of the batch.</summary>
    public int Tokens { get; private set; }

    /// <summary>The share of places that hold no predicted token.</summary>
    public double Padding => 1 - ((double)Tokens / Targets.Length);

    /// <param name="set">Where the sentences come from.</param>
    /// <param name="indices">Which of them, at least one.</param>
    public static TokenBatch From(EncodedSentences set, params ReadOnlySpan<int> indices)
    {
        ArgumentNullException.ThrowIfNull(set);
        ArgumentOutOfRangeException.ThrowIfZero(indices.Length, nameof(indices));
        var longest = 0;
        foreach (var index in indices)
            longest = Math.Max(longest, set[index].Length);

        // Both arrays start as zeros, and <pad> is 0.
        var places = indices.ToArray();
        var batch = new TokenBatch(places, longest + 1)
        {
            Labels = set.Classes is { } classes ? Array.ConvertAll(places, place => (long)classes[place]) : null,
        };
        for (var row = 0; row < indices.Length; row++)
            batch.Fill(row, set[indices[row]]);
        return batch;
    }

    private void Fill(int row, int[] sentence)
    {
        var at = row * Time;
        Inputs[at] = Vocabulary.BosId;
        for (var i = 0; i < sentence.Length; i++)
            Inputs[at + i + 1] = Targets[at + i] = sentence[i];
        Targets[at + sentence.Length] = Vocabulary.EosId;
        Lengths[row] = sentence.Length + 1;
        Tokens += sentence.Length + 1;
    }
}
