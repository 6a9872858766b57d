using Research.TextVae.Support;
using Research.TextVae.Text;

namespace Research.TextVae.Tests.Text;

/// <summary>Where no sentence is left to hold out, the message says why and what can be done.</summary>
public sealed class HeldOutSentencesTests
{
    [Theory]
    [InlineData("the cat sees a dog.", "word for word in training too. Take repeated lines out")]
    [InlineData("a b c d e f g h i j k l m n o p", "are longer. If sentences are not told apart, put one on each line")]
    [InlineData("no", "are shorter. Lower MinTokens")]
    public void An_empty_part_has_its_cause_named(string sentence, string expected)
    {
        var documents = Enumerable.Range(0, 20).Select(i => new Document($"{i}", "", Enumerable.Repeat(sentence, 5).ToList()));
        var corpus = new Corpus("c", "", "", [.. documents]);

        var error = Assert.Throws<UserException>(() => TextData.Prepare(corpus, new TextOptions { MinTokens = 2, MaxTokens = 10 }));

        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
        Assert.Matches(": of [0-9]+, [0-9]+ ", error.Message);
    }
}
