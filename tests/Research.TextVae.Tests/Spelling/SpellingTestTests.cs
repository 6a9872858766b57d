using Research.TextVae.Models;
using Research.TextVae.Spelling;
using Research.TextVae.Text;
using Research.TextVae.Tokenizers;

namespace Research.TextVae.Tests.Spelling;

public sealed class SpellingTestTests
{
    private static readonly WordTokenizer Tokenizer = WordTokenizer.Train(["the cat sat on the mat"], new WordTokenizerOptions());
    private static readonly TypoChannel Channel = new() { Rate = 0.5 };

    [Fact]
    public void Compares_correctors_on_the_same_mistakes()
    {
        var test = new SpellingTest(Sentences("the cat sat", "a dog", "on the mat", "the mat"), Tokenizer.Vocabulary, Channel, 2);
        Assert.Equal(2, test.Count); // "a dog" is not known, "the mat" one too many

        var left = test.Run(words => words, seed: 3);
        var again = test.Run(words => words, seed: 3);

        Assert.Equal(["the", "cat", "sat"], left.Sentences[0].Meant);
        Assert.Equal(["on", "the", "mat"], left.Sentences[1].Meant);
        Assert.Equal(left.Sentences.SelectMany(sentence => sentence.Observed), again.Sentences.SelectMany(sentence => sentence.Observed));
        Assert.Equal(0, left.Score.Mended);
        Assert.Equal(0, left.Score.Spoilt);
        Assert.NotEmpty(left.Examples(9));
        Assert.All(left.Examples(9), example => Assert.NotEqual("✓", example[2]));
    }

    [Fact]
    public void An_unknown_word_stays_as_it_was_written()
    {
        var correction = new Correction([Tokenizer.Vocabulary.IdOf("the"), Vocabulary.UnkId], 0, 0);
        Assert.Equal(["the", "zebra"], correction.Words(Tokenizer.Vocabulary, ["teh", "zebra"]));
    }

    [Fact]
    public void A_language_model_decides_between_corrections()
    {
        using var model = new RecurrentLmConfig { EmbeddingSize = 4, HiddenSize = 4 }.Build(Tokenizer.Vocabulary.Count);
        var (likely, unlikely) = (new Correction([4], -9, -1), new Correction([5], -1, -99));
        Assert.Same(likely, ReorderedCorrections.Best([unlikely, likely], model));
    }

    private static EncodedSentences Sentences(params string[] texts) => new(
        [.. texts.Select(text => Tokenizer.EncodeToIds(text).ToArray())], [.. texts.Select(text => new Sentence(text, "", ""))]);
}
