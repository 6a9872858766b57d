using Research.TextVae.Evaluation;
using Research.TextVae.Synthetic;

namespace Research.TextVae.Tests.Evaluation;

public sealed class LabelClassifierTests
{
    /// <summary>On a mixture whose class posteriors are known, it comes near the best that any classifier can do, and not above
    /// it.</summary>
    [Fact]
    public void Comes_near_the_bayes_rate()
    {
        var mixture = new MarkovMixture(seed: 1, classes: 3, words: 30, meanLength: 10, concentration: 0.05);
        string[] labels = ["class 0", "class 1", "class 2"];
        var (train, validation, test) = (mixture.Sample(3000, 2).WithClasses(labels), mixture.Sample(500, 3)
            .WithClasses(labels), mixture.Sample(2000, 4).WithClasses(labels));

        using var classifier = LabelClassifier.Train(train, validation, mixture.Vocabulary, 3, seed: 5);

        // It sees which words there are, not their order, so it stays below the rate of one that sees both.
        var best = test.Average(sentence => mixture.ClassPosterior(sentence).Max());
        Assert.InRange(classifier.Accuracy(test), 0.85, best + 0.01);
    }
}
