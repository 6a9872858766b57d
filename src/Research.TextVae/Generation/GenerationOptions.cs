using Research.TextVae.Support;
using Research.TextVae.Tokenizers;

namespace Research.TextVae.Generation;

/// <summary>How a text is written token by token.</summary>
public sealed record GenerationOptions
{
    /// <summary>Takes the likeliest token each time.</summary>
    public static GenerationOptions Greedy { get; } = new() { MostLikely = true };

    /// <summary>Draws each token from the model's distribution, changed by the filters in their order.</summary>
    public static GenerationOptions Sample(params LogitsProcessor[] filters) => new() { Processors = filters };

    /// <summary>The likeliest token that the filters leave instead of a draw.</summary>
    public bool MostLikely { get; init; }

    /// <summary>A search for the likeliest text instead of a choice token by token; its best result counts.</summary>
    public BeamOptions? Beam { get; init; }

    /// <summary>What changes the distribution before a token is taken. Where nothing is left to take, the text ends.</summary>
    public IReadOnlyList<LogitsProcessor> Processors { get; init; } = [];

    /// <summary>Tokens after which a text that has not ended is cut; those of a prompt do not count.</summary>
    public int MaxTokens { get; init => field = Require.AtLeast(1, value); } = 60;

    /// <summary>Strings that end a text.</summary>
    public StopStrings? Stop { get; init; }

    /// <summary>Whether <c>&lt;unk&gt;</c> may be generated; otherwise it is excluded.</summary>
    public bool AllowUnknown { get; init; }

    /// <summary>Texts written side by side, which takes a row of logits each; what is written does not depend on it.</summary>
    public int BatchSize { get; init => field = Require.AtLeast(1, value); } = 256;

    /// <summary>0 for tokens that may be written, −∞ for those that may not; [vocabulary].</summary>
    internal float[] Never(int vocabulary)
    {
        var mask = new float[vocabulary];
        mask[Vocabulary.PadId] = mask[Vocabulary.BosId] = float.NegativeInfinity;
        if (!AllowUnknown)
            mask[Vocabulary.UnkId] = float.NegativeInfinity;
        return mask;
    }
}

/// <summary>
/// Ends a text as soon as what it reads as holds one of some strings, however tokens divide it. The tokens returned include those of
/// the string; <see cref="Text"/> leaves it out. A string that a prompt holds ends nothing, one that begins in it and is completed does.
/// </summary>
public sealed class StopStrings
{
    private readonly Tokenizer _tokenizer;
    private readonly IReadOnlyList<string> _strings;

    /// <param name="tokenizer">What turns tokens into text.</param>
    /// <param name="strings">Compared character by character; none is empty.</param>
    /// <exception cref="UserException">A string is empty.</exception>
    public StopStrings(Tokenizer tokenizer, params IReadOnlyList<string> strings)
    {
        ArgumentNullException.ThrowIfNull(tokenizer);
        ArgumentNullException.ThrowIfNull(strings);
        if (strings.Any(string.IsNullOrEmpty))
            throw new UserException("A stop string is empty, which would end every text before it begins; give it a character.");
        (_tokenizer, _strings) = (tokenizer, strings);
    }

    /// <summary>What the tokens read as, up to the first stop string.</summary>
    /// <param name="tokens">Token ids.</param>
    /// <param name="prompt">How many of them were given; a stop string that is whole there does not count.</param>
    public string Text(IReadOnlyList<int> tokens, int prompt = 0)
    {
        var text = _tokenizer.Decode(tokens);
        return First(text, Given(tokens, prompt)) is var place and >= 0 ? text[..place] : text;
    }

    internal bool Reached(IReadOnlyList<int> tokens, int prompt) => First(_tokenizer.Decode(tokens), Given(tokens, prompt)) >= 0;

    // Characters of the prompt.
    private int Given(IReadOnlyList<int> tokens, int prompt) => prompt == 0 ? 0 : _tokenizer.Decode(tokens.Take(prompt)).Length;

    private int First(string text, int given) => _strings
        .Select(stop => Math.Max(0, given - stop.Length + 1) is var from && from <= text.Length
            ? text.IndexOf(stop, from, StringComparison.Ordinal)
            : -1)
        .Where(place => place >= 0).DefaultIfEmpty(-1).Min();
}
