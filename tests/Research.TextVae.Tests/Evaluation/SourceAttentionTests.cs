using Research.TextVae.Evaluation;
using Research.TextVae.Models;
using Research.TextVae.Tokenizers;

namespace Research.TextVae.Tests.Evaluation;

public sealed class SourceAttentionTests
{
    [Fact]
    public void Gives_a_distribution_over_the_source_for_each_target_token()
    {
        var shape = new TransformerShape { Width = 8, Layers = 2, Heads = 2, Dropout = 0.5 };
        using var model = new TransformerSeq2SeqConfig { Shape = shape }.Build(10);
        model.train();

        var attention = SourceAttention.Evaluate(model, [4, 5, 6], [7, 8]);

        Assert.Equal([4, 5, 6, Vocabulary.EosId], attention.Source);
        Assert.Equal([7, 8, Vocabulary.EosId], attention.Target);
        Assert.Equal(3, attention.Weights.Count);
        Assert.All(attention.Weights, row => Assert.Equal(4, row.Count));
        Assert.All(attention.Weights, row => Assert.Equal(1, row.Sum(), 5));
        Assert.True(model.training);
        Assert.Equal(attention.Weights, SourceAttention.Evaluate(model, [4, 5, 6], [7, 8]).Weights); // no dropout
    }
}
