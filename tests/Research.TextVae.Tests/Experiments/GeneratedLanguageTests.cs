using Research.TextVae.Experiments;
using Research.TextVae.Generation;
using Research.TextVae.Synthetic;

namespace Research.TextVae.Tests.Experiments;

public sealed class GeneratedLanguageTests
{
    [Fact]
    public void Texts_of_an_oracle_have_the_length_of_its_sentences()
    {
        using var oracle = new LstmOracle(seed: 1, words: 6, length: 3, width: 8);

        var language = GeneratedLanguage.Of(oracle, sentences: 8, heldOut: 4, seed: 2, CodeGrid.Create(points: 11), scored: 2);

        Assert.Equal((8, 4, 4), (language.Train.Count, language.Validation.Count, language.Test.Count));
        Assert.Equal(oracle.Sample(4, 2 + 5).Sentences[3], language.Test[3]);
        Assert.Equal("oracle: VAE", language.Variant("VAE"));
        var sampling = language.Sampling(0.7);
        Assert.Equal(3, sampling.MaxTokens);
        Assert.Equal([new Temperature(0.7), new MinTokens(3)], sampling.Processors);
    }
}
