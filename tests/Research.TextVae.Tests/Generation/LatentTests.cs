using Research.TextVae.Generation;
using Research.TextVae.Models;
using Research.TextVae.Support;
using Research.TextVae.Text;
using TorchSharp;
using static TorchSharp.torch;

namespace Research.TextVae.Tests.Generation;

public sealed class LatentTests
{
    /// <summary>Points of two classes that differ by (3, 0, −1): the direction says so, and the walk along it leads from one to the
    /// other.</summary>
    [Fact]
    public void A_direction_is_the_difference_of_two_classes()
    {
        manual_seed(1);
        bool[] with = [true, false, true, false, false, true];
        var base3 = randn(3, 3);
        var codes = zeros(6, 3);
        var (ones, none) = (0, 0);
        for (var row = 0; row < 6; row++)
            codes[row] = with[row] ? base3[ones++] + torch.tensor([3f, 0f, -1f]) : base3[none++];

        var direction = Latent.Direction(codes, with);
        var walk = Latent.Traverse(codes[1], direction, 0, 1, 5);

        Assert.True(direction.allclose(torch.tensor([3f, 0f, -1f]), atol: 1e-5));
        Assert.True(walk[4].allclose(codes[0], atol: 1e-5));
        Assert.True(Latent.Analogy(codes[0], codes[1], codes[3]).allclose(codes[2], atol: 1e-5));
        Assert.Throws<UserException>(() => Latent.Direction(codes, [true, true, true, true, true, true]));
    }

    [Fact]
    public void A_walk_of_one_dimension_leaves_the_others()
    {
        var walk = Latent.TraverseDimension(torch.tensor([1f, 2f, 3f]), 1, -2, 2, 3);

        Assert.Equal([1f, -2f, 3f, 1f, 0f, 3f, 1f, 2f, 3f], walk.data<float>().ToArray());
    }

    /// <summary>Means come in the order of the sentences, whatever the batches, which are sorted by length.</summary>
    [Fact]
    public void Posterior_means_are_in_order()
    {
        manual_seed(2);
        using var model = new LstmVaeConfig { EmbeddingSize = 8, HiddenSize = 12, LatentSize = 3 }.Build(10);
        int[][] ids = [[4, 5, 6, 7, 8], [9], [4, 4], [5, 6, 7], [8, 9, 4, 5]];
        EncodedSentences Set(IEnumerable<int[]> some) => new([.. some], [.. some.Select(_ => new Sentence("", "", ""))]);

        var means = model.EncodeMeans(Set(ids), batchSize: 2);

        for (var row = 0; row < ids.Length; row++)
            Assert.True(means[row].allclose(model.EncodeMeans(Set([ids[row]]))[0], atol: 1e-6));
    }
}
