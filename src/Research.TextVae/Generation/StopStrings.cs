using Research.TextVae.Text;

namespace Research.TextVae.Generation;

/// <summary>
/// Ends a text as soon as what it reads as holds one of some strings, however tokens divide it. The tokens returned include those of
/// the string; <see cref="Text"/> leaves it out.
/// </summary>
public sealed class StopStrings
{
    private readonly Tokenizer tokenizer;
    private readonly IReadOnlyList<string> strings;

    /// <param name="tokenizer">What turns tokens into text.</param>
    /// <param name="strings">Compared character by character; none is empty.</param>
    /// <exception cref="UserException">A string is empty.</exception>
    public StopStrings(Tokenizer tokenizer, params IReadOnlyList<string> strings)
    {
        ArgumentNullException.ThrowIfNull(tokenizer);
        ArgumentNullException.ThrowIfNull(strings);
        if (strings.Any(string.IsNullOrEmpty))
            throw new UserException("A stop string is empty, which would end every text before it begins; give it a character.");
        (this.tokenizer, this.strings) = (tokenizer, strings);
    }

    /// <summary>What the tokens read as, up to the first stop string.</summary>
    public string Text(IReadOnlyList<int> tokens)
    {
        var text = tokenizer.Decode(tokens);
        return First(text) is var place and >= 0 ? text[..place] : text;
    }

    internal bool Reached(IReadOnlyList<int> tokens) => First(tokenizer.Decode(tokens)) >= 0;

    private int First(string text) =>
        strings.Select(stop => text.IndexOf(stop, StringComparison.Ordinal)).Where(place => place >= 0).DefaultIfEmpty(-1).Min();
}
