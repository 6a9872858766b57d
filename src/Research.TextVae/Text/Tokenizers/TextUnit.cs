namespace Research.TextVae.Text;

/// <summary>What a token is.</summary>
public enum TextUnit
{
    /// <summary>A word or a punctuation mark (<see cref="WordTokenizer"/>).</summary>
    Word,

    /// <summary>A Unicode code point (<see cref="CharTokenizer"/>).</summary>
    Character,

    /// <summary>A piece of a word, learned from the text (<see cref="BpeTokenizer"/>).</summary>
    Bpe,
}
