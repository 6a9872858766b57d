using Research.TextVae.Evaluation;
using Research.TextVae.Text;
using Research.TextVae.Tokenizers;

namespace Research.TextVae.Tests.Evaluation;

public sealed class SentenceAttributesTests
{
    private static readonly string[] Texts = ["She was here.", "Is he there?", "They walked!", "It is what was", "No"];
    private static readonly WordTokenizer Tokenizer = WordTokenizer.Train(Texts, new WordTokenizerOptions());
    private static readonly EncodedSentences Sentences = new(
        [.. Texts.Select(text => Tokenizer.EncodeToIds(text).ToArray())],
        [.. Texts.Select((text, i) => new Sentence(text, "", i % 2 == 0 ? "b" : "a"))]);

    [Fact]
    public void Rules_by_hand()
    {
        Assert.Equal([1, 2, 1, 0, 0], SentenceAttributes.Tenses(Sentences));
        Assert.Equal([0, 1, 2, 3, 3], SentenceAttributes.LastMarks(Sentences, Tokenizer));
        Assert.Equal([0, 1, 0, 1, 0], SentenceAttributes.Labels(Sentences));
        Assert.Equal([1, 1, 0, 1, 0], SentenceAttributes.Lengths(Sentences, bins: 2));
    }
}
