using Research.TextVae.Compression;
using Research.TextVae.Evaluation;
using Research.TextVae.Models;
using Research.TextVae.Text;
using static TorchSharp.torch;

namespace Research.TextVae.Tests.Compression;

public sealed class SparsityCurveTests
{
    [Fact]
    public void Each_share_prunes_the_original_weights()
    {
        manual_seed(1);
        using var model = new RecurrentLmConfig { EmbeddingSize = 4, HiddenSize = 4, TieOutput = true }.Build(8);
        var sentences = new EncodedSentences([[4, 5, 6], [7]], [new Sentence("a", "", ""), new Sentence("b", "", "")]);
        var before = model.parameters().Select(weight => weight.clone()).ToArray();
        var whole = Likelihood.Evaluate(model, sentences).Nll;

        var curve = SparsityCurve.Evaluate(model, [0, 1, 0], PruningScope.PerRow, sentences);

        Assert.Equal(whole, curve[0]);
        Assert.NotEqual(whole, curve[1]);
        Assert.Equal(whole, curve[2]);
        Assert.All(model.parameters().Zip(before), pair => Assert.True(pair.First.equal(pair.Second).all().item<bool>()));
    }
}
