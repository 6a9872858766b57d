using Research.TextVae.Models;
using Research.TextVae.Support;
using Research.TextVae.Text;

namespace Research.TextVae.Tests.Models;

public class IbmModel1Tests
{
    /// <summary>Sentences whose words are translated one by one and then shuffled, with a particle in between that has no
    /// counterpart.</summary>
    [Fact]
    public void A_known_dictionary_is_found()
    {
        const int words = 40;
        var random = new StableRandom(5);
        var pairs = Enumerable.Range(0, 400).Select(_ =>
        {
            int[] sentence = [.. Enumerable.Range(0, 3 + random.Next(5)).Select(_ => random.Next(words))];
            string[] translated = [.. sentence.Select(word => $"palabra{word}"), "pues"];
            random.Shuffle<string>(translated);
            return new TextPair(string.Join(' ', sentence.Select(word => $"Word{word}")), string.Join(' ', translated));
        }).ToArray();

        var model = IbmModel1.Train(pairs, iterations: 8);

        Assert.All(Enumerable.Range(0, words), word => Assert.Equal($"palabra{word}", model.Translate($"word{word}")));
        Assert.Equal("pues", model.Translate(""));
        Assert.Equal("palabra7 palabra3 unheard", model.TranslateText("Word7 word3 unheard"));
        Assert.All(Enumerable.Range(0, words), word => Assert.Equal(
            1,
            Enumerable.Range(0, words).Sum(other => model.Probability($"word{word}", $"palabra{other}"))
                + model.Probability($"word{word}", "pues"), 9));
        Assert.All(model.LogLikelihoods.Zip(model.LogLikelihoods.Skip(1)), step => Assert.True(step.Second > step.First));
    }

    /// <summary>"house / casa", "the house / la casa" after one iteration, by hand.</summary>
    [Fact]
    public void The_first_iteration_is_that_of_the_definition()
    {
        TextPair[] pairs = [new("house", "casa"), new("the house", "la casa")];

        var model = IbmModel1.Train(pairs, iterations: 1);

        // Posteriors of the even start: casa in the first pair ½ to the empty word, ½ to house; each word of the second pair ⅓ to each of
        // three.
        Assert.Equal((0.5 + 1 / 3.0) / (0.5 + 2 / 3.0), model.Probability("house", "casa"), 12);
        Assert.Equal((1 / 3.0) / (0.5 + 2 / 3.0), model.Probability("", "la"), 12);
        Assert.Equal(0.5, model.Probability("the", "la"), 12);
        Assert.Equal(3 * Math.Log(0.5), model.LogLikelihoods[0], 12);
        Assert.Throws<UserException>(() => IbmModel1.Train([]));
    }
}
