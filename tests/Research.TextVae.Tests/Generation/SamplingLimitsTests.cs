using Research.TextVae.Generation;
using Research.TextVae.Models;
using Research.TextVae.Support;
using Research.TextVae.Tokenizers;
using TorchSharp;

namespace Research.TextVae.Tests.Generation;

/// <summary>What cannot be sampled from is refused; nothing is written silently.</summary>
public sealed class SamplingLimitsTests
{
    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    public void Weights_that_are_no_numbers_are_refused(double value)
    {
        using var lm = Model();
        using (torch.no_grad())
            lm.parameters().Last().fill_(value);
        GenerationOptions[] ways =
            [GenerationOptions.Greedy, GenerationOptions.Sample(), GenerationOptions.Sample(new TopP(0.9)), new() { Beam = new() }];
        foreach (var options in ways)
            Assert.Contains("logits are not numbers", Refused(() => lm.Generate(2, options)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1e-40)]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    public void A_temperature_without_a_distribution_is_refused(double value) =>
        Assert.Contains("must lie between 1E-06 and 1000000", Refused(() => new Temperature(value)), StringComparison.Ordinal);

    [Theory]
    [InlineData(1e-6)]
    [InlineData(1e6)]
    public void The_ends_of_what_is_allowed_write_texts(double value)
    {
        using var lm = Model();
        var options = GenerationOptions.Sample(new BadWords([[Vocabulary.EosId]]), new Temperature(value));
        Assert.All(lm.Generate(20, options, seed: 1), text => Assert.NotEmpty(text));
    }

    [Fact]
    public void A_bad_word_outside_of_the_vocabulary_is_refused()
    {
        using var lm = Model();

        Assert.Contains("token -1 is not in the vocabulary", Refused(() => new BadWords([[5], [-1]])), StringComparison.Ordinal);
        Assert.Contains("token 8 is not in the vocabulary of 8 tokens",
            Refused(() => lm.Generate(1, GenerationOptions.Sample(new BadWords([[5, 8]])))), StringComparison.Ordinal);
    }

    private static RecurrentLm Model() => new RecurrentLmConfig { EmbeddingSize = 8, HiddenSize = 8 }.Build(8);

    private static string Refused(Func<object> action) => Assert.Throws<UserException>(action).Message;
}
