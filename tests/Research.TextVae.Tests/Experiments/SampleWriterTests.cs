using Research.TextVae.Experiments;
using Research.TextVae.Models;
using Research.TextVae.Tests.Training;
using Research.TextVae.Text;

namespace Research.TextVae.Tests.Experiments;

public sealed class SampleWriterTests
{
    /// <summary>Two ends make a walk: a test set has as many as its sentences make pairs, and draws from the prior have all that are
    /// asked for.</summary>
    [Theory]
    [InlineData(0.05, 4)]
    [InlineData(0.25, 5)]
    public void Walks_are_as_many_as_the_test_sentences_make_pairs(double share, int ofTest)
    {
        var data = TinyText.Load(20, share);
        Assert.Equal(ofTest, data.Test.Count);
        using var model = new LstmVaeConfig { EmbeddingSize = 4, HiddenSize = 5, LatentSize = 2 }.Build(data.Tokenizer.Vocabulary.Count);
        var measures = new EvaluationOptions { Samples = 2, Reconstructions = 5, Interpolations = 3, InterpolationSteps = 4 };

        var written = new SampleWriter(model, data, measures, seed: 1).All().ToLookup(sample => sample.Kind);

        // Three ways of decoding; linear and spherical walks.
        Assert.Equal(3 * 2, written[SampleRecord.Prior].Count());
        Assert.Equal(ofTest, written[SampleRecord.Reconstruction].Count());
        Assert.Equal(2 * (ofTest / 2), written[SampleRecord.Interpolation].Count());
        Assert.Equal(2 * 3, written[SampleRecord.PriorInterpolation].Count());
        Assert.All(written[SampleRecord.Interpolation].Concat(written[SampleRecord.PriorInterpolation]), walk =>
            Assert.Equal(4, walk.Texts.Count));
    }
}
