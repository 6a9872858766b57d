namespace Research.TextVae.Text;

/// <summary>What a byte-level BPE tokenizer is made of, as files and trainers give it.</summary>
/// <param name="Tokens">In the order of their ids, bytes written in <see cref="ByteAlphabet"/>.</param>
/// <param name="Merges">Pairs of tokens; the earlier one goes first.</param>
internal sealed record BytePairDefinition(IReadOnlyList<string> Tokens, IReadOnlyList<(string Left, string Right)> Merges)
{
    /// <summary>Tokens that no text turns into.</summary>
    public IReadOnlyList<string> Special { get; init; } = [];

    /// <summary>Stands for a byte that is not among the tokens; without one such bytes are left out.</summary>
    public string? Unknown { get; init; }

    /// <summary>Whether capital and small letters are the same.</summary>
    public bool Lowercase { get; init; }
}
