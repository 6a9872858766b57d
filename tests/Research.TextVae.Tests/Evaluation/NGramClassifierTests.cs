using Research.TextVae.Evaluation;
using Research.TextVae.Synthetic;

namespace Research.TextVae.Tests.Evaluation;

public sealed class NGramClassifierTests
{
    /// <summary>On a mixture of Markov chains whose class posteriors are known it comes near the best that any classifier can do, and not
    /// above it. Its pairs of words see most of what a Markov chain is.</summary>
    [Fact]
    public void Comes_near_the_bayes_rate()
    {
        var mixture = new MarkovMixture(seed: 1, classes: 3, words: 30, meanLength: 10, concentration: 0.05);
        string[] labels = ["class 0", "class 1", "class 2"];
        var (train, test) = (mixture.Sample(4000, 2).WithClasses(labels), mixture.Sample(2000, 4).WithClasses(labels));
        static string Text(IEnumerable<int> ids) => string.Join(' ', ids.Select(id => $"w{id}"));

        var judge = NGramClassifier.Train([.. train.Select(Text)], train.Classes!, 3, seed: 5);

        var best = test.Average(sentence => mixture.ClassPosterior(sentence).Max());
        var accuracy = test.Select(Text).Zip(test.Classes!, (text, label) => judge.Predict(text) == label ? 1.0 : 0).Average();
        Assert.InRange(accuracy, best - 0.03, best + 0.01);
        // Its probabilities are calibrated: where it is sure by 0.9 it is right about as often.
        var sure = test.Select((ids, i) => (Of: judge.Probabilities(Text(ids)), Label: test.Classes![i])).ToArray();
        Assert.Equal(accuracy, sure.Average(one => one.Of.Max()), 0.05);
        Assert.All(sure, one => Assert.Equal(1, one.Of.Sum(), 1e-9));
    }

    /// <summary>The order of words decides, which single words do not know.</summary>
    [Fact]
    public void Pairs_of_words_tell_what_words_do_not()
    {
        string[] texts = [.. Enumerable.Range(0, 200).Select(i => i % 2 == 0 ? "dog bites man" : "man bites dog")];
        int[] classes = [.. Enumerable.Range(0, 200).Select(i => i % 2)];

        var judge = NGramClassifier.Train(texts, classes, 2, seed: 1);

        Assert.Equal([0, 1], new[] { "Dog bites man", "man bites dog" }.Select(judge.Predict));
        // dog, bites, man, and six pairs, <s> and </s> among them.
        Assert.Equal(3 + 8, judge.Terms);
        Assert.Equal(judge.Probabilities("x y z")[0], judge.Probabilities("")[0], 0.2);
    }
}
