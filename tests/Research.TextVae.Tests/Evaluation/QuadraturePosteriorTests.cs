using Research.TextVae.Evaluation;
using Research.TextVae.Models;
using Research.TextVae.Text;

namespace Research.TextVae.Tests.Evaluation;

public sealed class QuadraturePosteriorTests
{
    private static readonly EncodedSentences Sentences = new(
        [[4, 5, 6], [6, 4], [5, 5, 5, 4]], [.. Enumerable.Range(0, 3).Select(i => new Sentence($"{i}", "", ""))]);

    [Fact]
    public void The_likelihood_is_what_importance_weighting_estimates()
    {
        using var model = Model(latentSize: 1);

        var posterior = QuadraturePosterior.Evaluate(model, Sentences, points: 201);

        var weighted = ImportanceWeightedNll.Estimate(model, Sentences, samples: 5000, seed: 1);
        Assert.All(posterior.Nll.Zip(weighted.PerSentence), pair => Assert.Equal(pair.First, pair.Second, 0.02));
        Assert.All(posterior.ModelMeans, mean => Assert.InRange(mean, -5, 5));
        using var means = model.Encode(Sentences.ToBatch()).Mean;
        Assert.All(posterior.EncoderMeans.Zip(means.data<float>().ToArray()), pair => Assert.Equal(pair.First, pair.Second, 1e-5));
    }

    [Fact]
    public void The_code_must_have_one_dimension()
    {
        using var model = Model(latentSize: 2);
        Assert.Throws<ArgumentException>(() => QuadraturePosterior.Evaluate(model, Sentences, points: 11));
    }

    private static LstmVae Model(int latentSize) =>
        new LstmVaeConfig { EmbeddingSize = 4, HiddenSize = 4, LatentSize = latentSize, Dropout = 0 }.Build(7);
}
