using Research.TextVae.Evaluation;
using Research.TextVae.Text;
using static TorchSharp.torch;

namespace Research.TextVae.Tests.Evaluation;

public sealed class NeighbourSentencesTests
{
    [Fact]
    public void Finds_the_nearest_first()
    {
        var codes = tensor(new[] { 0.4f, 9 }).unsqueeze(1);
        var others = tensor(new[] { 10f, 1, 0 }).unsqueeze(1);

        var found = NeighbourSentences.Of(codes, Sentences("a", "b"), others, Sentences("ten", "one", "nought"), count: 5, neighbours: 2);

        Assert.Equal(2, found.Count);
        Assert.Equal(["nought", "one"], found[0].Nearest.Select(sentence => sentence.Text));
        Assert.Equal(["ten", "one"], found[1].Nearest.Select(sentence => sentence.Text));
        Assert.Equal(["a", "label", "nought (label) · one (label)"], found[0].ToRow());
    }

    private static EncodedSentences Sentences(params string[] texts) =>
        new([.. texts.Select(_ => new[] { 4 })], [.. texts.Select(text => new Sentence(text, "", "label"))]);
}
