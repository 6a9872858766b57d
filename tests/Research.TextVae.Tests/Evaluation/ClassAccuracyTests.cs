using Research.TextVae.Evaluation;
using Research.TextVae.Text;

namespace Research.TextVae.Tests.Evaluation;

public sealed class ClassAccuracyTests
{
    [Fact]
    public void Judges_each_class_and_leaves_out_those_without_texts()
    {
        int[][] texts = [.. Enumerable.Range(0, 60).Select(i => new[] { 4 + i % 2 })];
        var sentences = new EncodedSentences(texts, [.. texts.Select((_, i) => new Sentence("", "", i % 2 == 0 ? "a" : "b"))]);
        var labelled = sentences.WithClasses(["a", "b"]);
        using var judge = LabelClassifier.Train(labelled, labelled, vocabulary: 6, classes: 3, seed: 1);

        var accuracy = ClassAccuracy.Evaluate(judge, [[[4], [4, 4]], [[5], [4]], []]);

        Assert.Equal([1, 0.5, double.NaN], accuracy.PerClass);
        Assert.Equal(0.75, accuracy.Mean);
        Assert.Equal(30, labelled.OfClass(1).Count());
        Assert.All(labelled.OfClass(1), ids => Assert.Equal([5], ids));
    }
}
