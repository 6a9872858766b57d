using Research.TextVae.Evaluation;
using Research.TextVae.Models.NGram;
using Research.TextVae.Synthetic;

namespace Research.TextVae.Tests.Evaluation;

public sealed class ReversePerplexityCurveTests
{
    /// <summary>Real texts alone: more of them cover more, and all of them give the perplexity of a 5-gram model of them.</summary>
    [Fact]
    public void Real_texts_cover_more_the_more_there_are()
    {
        var source = new MarkovMixture(seed: 1, classes: 4, words: 60);
        var (texts, heldOut) = (source.Sample(2000, seed: 2), source.Sample(300, seed: 3));
        var vocabulary = texts.Concat(heldOut).Max(ids => ids.Max()) + 1;

        var curve = ReversePerplexityCurve.Evaluate(texts, heldOut, vocabulary);

        Assert.Equal([200.0, 400, 1000, 2000], curve.Texts);
        Assert.Equal(curve.Perplexities.OrderDescending(), curve.Perplexities);
        Assert.True(curve.Perplexities[0] > 1.2 * curve.Perplexities[^1]);
        Assert.Equal(NGramModel.Train(texts, vocabulary).Perplexity(heldOut), curve.Perplexities[^1]);
        Assert.Equal([2.0, 3], ReversePerplexityCurve.Evaluate(texts.Take(3).ToList(), heldOut, vocabulary).Texts);
    }
}
