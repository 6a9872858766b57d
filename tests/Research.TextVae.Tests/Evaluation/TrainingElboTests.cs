using Research.TextVae.Evaluation;
using Research.TextVae.Models;
using Research.TextVae.Text;

namespace Research.TextVae.Tests.Evaluation;

public sealed class TrainingElboTests
{
    private static readonly EncodedSentences Sentences = new([[4, 5, 6], [6, 4]], [new Sentence("a", "", ""), new Sentence("b", "", "")]);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Follows_from_the_seed_and_restores_the_mode(bool training)
    {
        var config = new LstmVaeConfig { EmbeddingSize = 4, HiddenSize = 4, LatentSize = 2, WordDropout = 0.5 };
        using var model = config.Build(7);
        model.train(training);

        var first = TrainingElbo.Evaluate(model, Sentences, seed: 1);

        Assert.Equal(training, model.training);
        Assert.Equal(first, TrainingElbo.Evaluate(model, Sentences, seed: 1));
        Assert.NotEqual(first, TrainingElbo.Evaluate(model, Sentences, seed: 2));
    }
}
