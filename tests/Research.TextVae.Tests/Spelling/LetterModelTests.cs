using Research.TextVae.Spelling;
using Research.TextVae.Tokenizers;

namespace Research.TextVae.Tests.Spelling;

public sealed class LetterModelTests
{
    /// <summary>Over all words of up to three known letters, probabilities add up to nearly but never more than one.</summary>
    [Fact]
    public void Words_have_probabilities()
    {
        var model = LetterModel.Train(["a", "ab", "b", "ba", "ab"], order: 3);
        string[] short1 = ["a", "b"];
        var short2 = short1.SelectMany(head => short1, (head, tail) => head + tail).ToArray();
        var short3 = short2.SelectMany(head => short1, (head, tail) => head + tail);

        var total = short1.Concat(short2).Concat(short3).Sum(word => Math.Exp(-model.Nll(word)));

        // What is missing are the empty word, longer ones and new letters.
        Assert.InRange(total, 0.5, 1);
    }

    [Fact]
    public void An_unknown_word_costs_its_letters_and_a_new_letter_a_code_point()
    {
        var model = LetterModel.Train(["cat", "car", "dog"]);
        var tokenizer = WordTokenizer.Train(["a cat"], new WordTokenizerOptions());

        Assert.Equal(0, model.Unknown(tokenizer, "a cat"));
        Assert.Equal(model.Nll("dog"), model.Unknown(tokenizer, "a dog"), 12);
        Assert.True(model.Nll("cat") < model.Nll("tac"));
        Assert.True(model.Nll("語") > Math.Log(0x110000));
    }
}
