using Research.TextVae.Evaluation;

namespace Research.TextVae.Tests.Evaluation;

/// <summary>The published examples of sacreBLEU, to the digits they are published with.</summary>
public class SacreBleuTests
{
    private static readonly string[] _first = ["The dog bit the man.", "It was not unexpected.", "The man bit him first."];
    private static readonly string[] _second = ["The dog had bit the man.", "No one was surprised.", "The man had bitten the dog."];

    [Fact]
    public void The_example_of_the_tool()
    {
        string[] written = ["The dog bit the man.", "It wasn't surprising.", "The man had just bitten him."];

        Assert.Equal(48.530827, SacreBleu.Bleu(Pairs(written)), 6);
        Assert.Equal(59.73, SacreBleu.Chrf(Pairs(written)), 2);
        Assert.Equal(0, SacreBleu.Bleu(Pairs(["", "", ""])));
        Assert.Equal(100, SacreBleu.Bleu(Pairs(_first)), 9);
    }

    /// <summary>Without a match of the highest order it counts as half a match, a quarter where the order below has none either.</summary>
    [Fact]
    public void Orders_without_a_match_are_smoothed()
    {
        Assert.Equal(100 * Math.Pow(3 / 4.0 * (2 / 3.0) * (1 / 2.0) * (0.5 / 1), 0.25), SacreBleu.Bleu([("a b c x", ["a b c d"])]), 9);
        Assert.Equal(
            100 * Math.Pow(2 / 4.0 * (1 / 3.0) * (0.5 / 2) * (0.25 / 1), 0.25), SacreBleu.Bleu([("a b x y", ["a b c d"])]), 9);
    }

    [Theory]
    [InlineData("Hello, world! It's 3,500.25 (or so).", "Hello , world ! It's 3,500.25 ( or so ) .")]
    [InlineData("in 1990-95 &quot;x&quot; a/b", "in 1990 - 95 \" x \" a / b")]
    [InlineData("¿Qué dijo? «sí».", "¿Qué dijo ? «sí» .")]
    public void Tokens_are_those_of_mteval_13a(string text, string tokens) =>
        Assert.Equal(tokens, string.Join(' ', SacreBleu.Tokens13a(text)));

    [Theory]
    [InlineData("a", "a", 100)]
    [InlineData("", "reference", 0)]
    [InlineData("a b c", "abc", 100)]
    [InlineData("aa", "ab", 25)]
    public void Chrf_of_short_texts(string candidate, string reference, double expected) =>
        Assert.Equal(expected, SacreBleu.Chrf([(candidate, [reference])], beta: 3), 4);

    [Theory]
    [InlineData(" risk assessment must be made of those who are qualified and expertise in the sector - these are the scientists .",
        "risk assessment has to be undertaken by those who are qualified and expert in that area - that is the scientists .", 63.361730)]
    [InlineData(" Die    Beziehung zwischen  Obama und Netanjahu ist nicht gerade  freundlich. ",
        "Das Verhältnis zwischen Obama und Netanyahu ist nicht gerade freundschaftlich.", 64.1302698)]
    [InlineData("Niemand hat die Absicht, eine Mauer zu errichten", "Niemand hat die Absicht, eine Mauer zu errichten", 100)]
    public void Chrf_of_sentences(string candidate, string reference, double expected) =>
        Assert.Equal(expected, SacreBleu.Chrf([(candidate, [reference])], beta: 3), 4);

    private static IEnumerable<(string, IReadOnlyList<string>)> Pairs(string[] written) =>
        written.Select((text, i) => (text, (IReadOnlyList<string>)[_first[i], _second[i]]));
}
