using Research.TextVae.Evaluation;
using Research.TextVae.Kernels;
using Research.TextVae.Models;

namespace Research.TextVae.Tests.Evaluation;

public sealed class DecodingSpeedTests
{
    [Fact]
    public void A_small_model_is_faster_than_a_large_one()
    {
        using var small = new RecurrentLmConfig { EmbeddingSize = 4, HiddenSize = 4 }.Build(8);
        using var large = new RecurrentLmConfig { EmbeddingSize = 256, HiddenSize = 512 }.Build(5000);
        var rounds = new List<int>();

        var speed = DecodingSpeed.Compare(small, Precision.Float32, large, texts: 8, tokens: 10, rounds: 3, rounds.Add);

        Assert.True(speed.TokensPerSecond > 0);
        Assert.True(speed.Factor > 1, $"{speed.Factor}");
        Assert.Equal([0, 1, 2, 3], rounds);
    }
}
