namespace Research.TextVae.Tokenizers;

/// <summary>A token that is cut out of text before anything else, as Hugging Face's <c>added_tokens</c> are.</summary>
/// <param name="Content">What is looked for.</param>
/// <param name="Normalized">Whether it is looked for in the normalized text.</param>
/// <param name="TakesSpaceBefore">Whether white space before it is part of it.</param>
/// <param name="TakesSpaceAfter">Whether white space after it is part of it.</param>
/// <param name="Literal">Whether it stands for its own letters; one that merges make too is written in the byte alphabet.</param>
internal sealed record AddedToken(
    string Content, bool Normalized, bool TakesSpaceBefore = false, bool TakesSpaceAfter = false, bool Literal = false);

/// <summary>Cuts added tokens out of text: of those that begin first the longest, from left to right.</summary>
internal sealed class AddedTokens
{
    private readonly Dictionary<char, (AddedToken Token, string Content)[]> _byFirst;
    private readonly char[] _firsts;

    /// <param name="tokens">Each with what is looked for, which is not empty.</param>
    public AddedTokens(IEnumerable<(AddedToken Token, string Content)> tokens)
    {
        _byFirst = tokens.GroupBy(item => item.Content[0])
            .ToDictionary(group => group.Key, group => group.OrderByDescending(item => item.Content.Length).ToArray());
        _firsts = [.. _byFirst.Keys];
    }

    /// <summary>The text in pieces, in their order; a piece without a token is plain.</summary>
    public IEnumerable<(Range Piece, AddedToken? Token)> Cut(string text)
    {
        var done = 0;
        for (var at = Next(text, 0); at >= 0;)
        {
            var (token, length) = Match(text, at);
            if (token is null)
            {
                at = Next(text, at + 1);
                continue;
            }

            var (start, end) = (at, at + length);
            while (token.TakesSpaceBefore && start > done && IsSpace(text[start - 1]))
                start--;
            while (token.TakesSpaceAfter && end < text.Length && IsSpace(text[end]))
                end++;
            if (start > done)
                yield return (done..start, null);
            yield return (start..end, token);
            done = end;
            at = Next(text, done);
        }

        if (done < text.Length)
            yield return (done.., null);
    }

    private int Next(string text, int from) =>
        from < text.Length && text.AsSpan(from).IndexOfAny(_firsts) is var found and >= 0 ? from + found : -1;

    private (AddedToken? Token, int Length) Match(string text, int at)
    {
        foreach (var (token, content) in _byFirst[text[at]])
        {
            if (text.AsSpan(at).StartsWith(content, StringComparison.Ordinal))
                return (token, content.Length);
        }

        return (null, 0);
    }

    private static bool IsSpace(char c) => CharacterClasses.Table[c] == CharacterClasses.Space;
}
