using Research.TextVae.Generation;
using Research.TextVae.Models;
using Research.TextVae.Text;
using static TorchSharp.torch;

namespace Research.TextVae.Tests.Generation;

public sealed class LatentCodesTests
{
    [Fact]
    public void Encodes_moves_and_traverses()
    {
        var sources = Enumerable.Range(0, 3).Select(i => new Sentence($"{i}", "", ""));
        var sentences = new EncodedSentences([[4, 5, 6], [6, 4], [5]], [.. sources]);
        using var model = new LstmVaeConfig { EmbeddingSize = 4, HiddenSize = 4, LatentSize = 2, Dropout = 0.5 }.Build(7);
        model.train();

        var codes = LatentCodes.Encode(model, sentences, seed: 1);

        Assert.True(model.training);
        Assert.Equal([3, 2], codes.Means.shape);
        Assert.Equal([3, 2], codes.Samples.shape);
        Assert.True(codes.Samples.equal(LatentCodes.Encode(model, sentences, seed: 1).Samples).all().item<bool>());
        var moved = codes.Moved(1, value: 7, count: 2);
        Assert.Equal([2, 2], moved.shape);
        Assert.True(moved.select(1, 1).eq(7).all().item<bool>());
        Assert.True(moved.select(1, 0).equal(codes.Means.narrow(0, 0, 2).select(1, 0)).all().item<bool>());
        Assert.Equal([-3f, 0, 3], codes.Traverse(0, -3, 3, 3).select(1, 0).data<float>().ToArray());
    }
}
