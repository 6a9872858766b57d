using Research.TextVae.Evaluation;
using Research.TextVae.Models;
using Research.TextVae.Models.NGram;
using Research.TextVae.Text;

namespace Research.TextVae.Tests.Evaluation;

public sealed class SentenceScoresTests
{
    [Fact]
    public void Scores_are_those_of_the_models()
    {
        var sentences = new EncodedSentences([[4, 5, 6], [6]], [new Sentence("a", "", ""), new Sentence("b", "", "")]);
        using var model = new LstmVaeConfig { EmbeddingSize = 4, HiddenSize = 4, LatentSize = 2 }.Build(7);
        var ngram = NGramModel.Train([[4, 5, 6], [4, 5], [6]], vocabulary: 7, order: 2);

        var scores = SentenceScores.Evaluate(model, ngram, sentences, samples: 2, iwSamples: 3, seed: 1);

        Assert.Equal(ngram.SentenceNll([6]), scores.NGram[1]);
        Assert.Equal(SentenceElbo.Evaluate(model, sentences, 2, 1).Negative, scores.NegativeElbo);
        Assert.Equal(ImportanceWeightedNll.Estimate(model, sentences, 3, 1).PerSentence, scores.IwNll);
        Assert.Equal([scores.IwNll[0] / 4, scores.IwNll[1] / 2], scores.Mean(scores.IwNll));
        Assert.Equal(ngram.TokenNll([4, 5, 6]), scores.NGramPerToken[0]);
        Assert.Equal([4, 2], scores.PerToken.Select(nats => nats.Length));
        Assert.Equal(scores.Reconstruction, scores.PerToken.Select(nats => nats.Sum()));
    }
}
