using Research.TextVae.Generation;
using Research.TextVae.Models;
using static TorchSharp.torch;

namespace Research.TextVae.Tests.Generation;

public sealed class ConditionalGenerationTests
{
    [Fact]
    public void Texts_follow_from_class_and_seed()
    {
        manual_seed(1);
        using var model = new LstmVaeConfig { EmbeddingSize = 4, HiddenSize = 8, LatentSize = 2, Classes = 3 }.Build(9);
        var options = GenerationOptions.Sample() with { MaxTokens = 6 };

        var texts = model.GenerateClass(2, 5, options, seed: 1);

        Assert.Equal(5, texts.Count);
        Assert.Equal(texts, model.GenerateClass(2, 5, options, seed: 1));
        Assert.NotEqual(texts, model.GenerateClass(2, 5, options, seed: 2));
        Assert.Equal(3, model.GenerateEveryClass(3, GenerationOptions.Greedy with { MaxTokens = 6 }, seed: 1).Count);
    }
}
