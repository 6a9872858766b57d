using Research.TextVae.Text;
using static TorchSharp.torch;

namespace Research.TextVae.Generation;

/// <summary>Never completes one of some token sequences; a sequence of one token is never written at all.</summary>
public sealed record BadWords : LogitsProcessor
{
    private readonly IReadOnlyList<int[]> sequences;

    /// <param name="sequences">Token ids; none is empty.</param>
    /// <exception cref="UserException">A sequence is empty.</exception>
    public BadWords(IReadOnlyList<int[]> sequences)
    {
        ArgumentNullException.ThrowIfNull(sequences);
        if (sequences.Any(sequence => sequence.Length == 0))
            throw new UserException("A sequence of bad words is empty; give at least one token.");
        this.sequences = sequences;
    }

    /// <summary>
    /// The words as the tokenizer writes them at the beginning of a text and after a space. A subword tokenizer may spell a word in other
    /// ways too; those stay possible. Words that the vocabulary does not hold cannot be written anyway.
    /// </summary>
    public static BadWords From(Tokenizer tokenizer, params IReadOnlyList<string> words)
    {
        ArgumentNullException.ThrowIfNull(tokenizer);
        return new(
        [
            .. words.SelectMany(word => new[] { word, " " + word })
                .Select(word => tokenizer.EncodeToIds(word).ToArray())
                .Where(sequence => sequence.Length > 0 && !sequence.Contains(Vocabulary.UnkId)),
        ]);
    }

    /// <inheritdoc/>
    public override Tensor Apply(Tensor logits, IReadOnlyList<IReadOnlyList<int>> written) => Mask(
        logits,
        from row in Enumerable.Range(0, written.Count)
        from sequence in sequences
        where EndsWith(written[row], sequence.AsSpan(..^1))
        select (row, sequence[^1]));

    private static bool EndsWith(IReadOnlyList<int> text, ReadOnlySpan<int> ending)
    {
        for (var i = 0; i < ending.Length; i++)
            if (text.Count < ending.Length || text[text.Count - ending.Length + i] != ending[i])
                return false;
        return true;
    }
}
