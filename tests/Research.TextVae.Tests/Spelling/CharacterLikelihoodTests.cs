using Research.TextVae.Models;
using Research.TextVae.Spelling;
using Research.TextVae.Text;
using Research.TextVae.Tokenizers;

namespace Research.TextVae.Tests.Spelling;

public sealed class CharacterLikelihoodTests
{
    [Fact]
    public void An_unknown_word_costs_its_spelling()
    {
        var tokenizer = WordTokenizer.Train(["a cat"], new WordTokenizerOptions());
        var spelling = LetterModel.Train(["cat", "dog"]);
        string[] texts = ["a cat", "a dog"];
        var sentences = new EncodedSentences(
            [.. texts.Select(text => tokenizer.EncodeToIds(text).ToArray())], [.. texts.Select(text => new Sentence(text, "", ""))]);
        using var model = new RecurrentLmConfig { EmbeddingSize = 4, HiddenSize = 4 }.Build(tokenizer.Vocabulary.Count);

        var likelihood = CharacterLikelihood.Evaluate(model, sentences, tokenizer, spelling);

        Assert.Equal(10, likelihood.Characters);
        Assert.Equal(spelling.Nll("dog"), likelihood.UnknownNll, 12);
        Assert.Equal(likelihood.Tokens.PerSentence.Sum() / Math.Log(2) / 10, likelihood.BitsWithoutUnknown, 12);
        Assert.Equal(likelihood.BitsWithoutUnknown + spelling.Nll("dog") / Math.Log(2) / 10, likelihood.Bits, 12);
    }
}
