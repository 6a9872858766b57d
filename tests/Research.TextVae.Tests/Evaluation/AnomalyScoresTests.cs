using Research.TextVae.Evaluation;
using Research.TextVae.Text;

namespace Research.TextVae.Tests.Evaluation;

public sealed class AnomalyScoresTests
{
    /// <summary>By hand, of two sentences of three and of one token, whose ends count too.</summary>
    [Fact]
    public void Scores_are_those_of_their_definitions()
    {
        var sentences = new EncodedSentences([[4, 5, 6], [6]], [new Sentence("a", "", ""), new Sentence("b", "", "")]);
        SentenceScores Of(double scale) => new(sentences, [8 * scale, 6], [12 * scale, 2], [16 * scale, 3], [14 * scale, 5])
        {
            NGramPerToken = [[1, 5, 1, 1], [2, 4]],
            PerToken = [[3, 4, 2, 3], [1, 1]],
        };

        var scores = new AnomalyScores(Of(1), Of(0.5), Entropy: 3);

        Assert.Equal([2, 3], scores["5-gram"]);
        Assert.Equal([1, 0], scores["5-gram, ratio"]);
        Assert.Equal([5, 4], scores["5-gram, worst token"]);
        Assert.Equal([3, 1], scores["rec."]);
        Assert.Equal([4, 1.5], scores["−ELBO"]);
        Assert.Equal([3.5, 2.5], scores["IW-NLL"]);
        Assert.Equal([1.75, 0], scores["IW-NLL, ratio"]);
        Assert.Equal([0.5, 0.5], scores["typicality"]);
        Assert.Equal([4, 1], scores["VAE, worst token"]);
        Assert.Equal([5.5, 5.5], scores["IW-NLL + 5-gram"]);
        Assert.Equal(10, AnomalyScores.Names.Count);
    }
}
