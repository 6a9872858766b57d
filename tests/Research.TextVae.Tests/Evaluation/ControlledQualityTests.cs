using Research.TextVae.Evaluation;
using Research.TextVae.Text;

namespace Research.TextVae.Tests.Evaluation;

public sealed class ControlledQualityTests
{
    private static readonly string[] Labels = ["animal", "plant"];

    /// <summary>One text again and again is judged right and is not varied; all different ones are varied.</summary>
    [Fact]
    public void Stereotyped_texts_are_accurate_and_alike()
    {
        var judge = NGramClassifier.Train(Texts("beast with", "tree with"), Labels, seed: 1);

        string[] Nine(string text) => [.. Enumerable.Repeat(text, 9)];
        var same = ControlledQuality.Evaluate(judge, [Nine("beast with tail"), Nine("tree with leaf")]);
        var varied = ControlledQuality.Evaluate(
            judge, [["beast one", "two beast", "old three"], ["four tree", "tree five six", "beast seven"]]);

        Assert.Equal(1, same.Accuracy.Mean);
        Assert.Equal(0, same.StandardError);
        Assert.Equal(5 / 54.0, same.Distinct1, 12);
        Assert.Equal(4 / 36.0, same.Distinct2, 12);
        Assert.Equal(18, same.Count);
        Assert.True(varied.SelfBleu < 0.5 * same.SelfBleu && varied.Distinct2 > 0.9, $"{varied}");
        Assert.Equal(2.0 / 3, varied.Accuracy.PerClass[1], 12);
        Assert.Equal(Math.Sqrt(varied.Accuracy.Mean * (1 - varied.Accuracy.Mean) / 6), varied.StandardError, 12);
    }

    /// <summary>It reads nothing of a document that holds a held-out sentence, and more texts make it better.</summary>
    [Fact]
    public void A_judge_does_not_read_what_is_held_out()
    {
        var corpus = new Corpus("c", "c", "", [.. Enumerable.Range(0, 80).Select(i => new Document(
            $"{i}", Labels[i % 2], [.. Enumerable.Range(0, 5).Select(j => $"{(i % 2 == 0 ? "beast" : "tree")} w{i} w{j} w{i * j % 7}")]))]);
        var data = TextData.Prepare(corpus, new TextOptions { Validation = 0.1, Test = 0.2 });

        var judge = ClassJudge.Train(corpus, Labels, data, seed: 1);

        var documents = new[] { data.Validation, data.Test }.Sum(part =>
            Enumerable.Range(0, part.Count).Select(i => part.Source(i).Document).Distinct().Count());
        Assert.Equal(5 * (80 - documents), judge.Read);
        Assert.Equal(1, judge.Accuracy(data.Test));
        Assert.Equal(judge.Read, judge.LearningCurve(data.Test)[^1].Texts);
        Assert.Equal([(4, 1.0)], judge.ByLength());
        Assert.InRange(ClassJudge.Train(corpus, Labels, data, seed: 1, most: 50).Read, 50, 75);
    }

    private static IEnumerable<Sentence> Texts(string first, string second) =>
        Enumerable.Range(0, 40).Select(i => new Sentence($"{(i % 2 == 0 ? first : second)} w{i}", $"{i}", Labels[i % 2]));
}
