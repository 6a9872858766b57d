using Research.TextVae.Evaluation;
using Research.TextVae.Models;
using Research.TextVae.Tests.Training;
using Research.TextVae.Text;

namespace Research.TextVae.Tests.Evaluation;

public sealed class SentenceElboTests
{
    /// <summary>Its means are those of the evaluation of a set; one draw is the importance-weighted estimate with one sample, on
    /// average.</summary>
    [Fact]
    public void Means_over_sentences_are_those_of_the_set()
    {
        var data = TinyText.Load();
        TorchSharp.torch.manual_seed(1);
        using var model = new LstmVaeConfig
        {
            EmbeddingSize = 8,
            HiddenSize = 12,
            LatentSize = 4,
            Dropout = 0.3,
        }.Build(data.Tokenizer.Vocabulary.Count);

        var each = SentenceElbo.Evaluate(model, data.Test, draws: 30, seed: 1);
        var set = VaeMetrics.Evaluate(model, data.Test, seed: 2);

        Assert.Equal(set.Kl, each.Kl.Average(), 1e-4);
        Assert.Equal(set.Reconstruction, each.Reconstruction.Average(), 0.1);
        // Each token's part is that of its own sentence, whatever batch it was in.
        var alone = SentenceElbo.Evaluate(model, data.Test.Subset([7]), draws: 300, seed: 3).PerToken[0];
        Assert.Equal(data.Test.Lengths[7] + 1, alone.Length);
        Assert.All(alone.Zip(each.PerToken[7]), nats => Assert.Equal(nats.First, nats.Second, 0.15));
        Assert.Equal(each.Negative, each.Reconstruction.Zip(each.Kl, (a, b) => a + b));
        // Sentences are told apart in the set's order: longer ones lose more.
        var tokens = data.Test.Select(sentence => (double)sentence.Length).ToArray();
        Assert.True(RocCurve.FromScores(
            [.. each.Reconstruction.Where((_, i) => tokens[i] < tokens.Average())],
            [.. each.Reconstruction.Where((_, i) => tokens[i] > tokens.Average())]).Area > 0.95);
    }
}
