using Research.TextVae.Evaluation;
using Research.TextVae.Models;
using static TorchSharp.torch;

namespace Research.TextVae.Tests.Evaluation;

public sealed class NeighbourLabelsTests
{
    /// <summary>Codes on a line, by hand: the three nearest of 0.4 are 0, 1 and 2 with labels 0, 0, 1; those of 9 are 10, 11 and
    /// 12.</summary>
    [Fact]
    public void The_commonest_label_of_the_nearest_counts()
    {
        var train = tensor(new[] { 0f, 1, 2, 10, 11, 12 }).unsqueeze(1);
        int[] labels = [0, 0, 1, 1, 2, 2];
        var test = tensor(new[] { 0.4f, 9, 9 }).unsqueeze(1);

        Assert.Equal(2.0 / 3, NeighbourLabels.Accuracy(train, labels, test, [0, 2, 1], neighbours: 3), 10);
        Assert.Equal(2.0 / 3, NeighbourLabels.Accuracy(train, labels, test, [0, 1, 0], neighbours: 1), 10);
        Assert.Equal([0, 1, 2, 3, 4, 5], NeighbourLabels.Nearest(test[..1], train, 20).flatten().data<long>().ToArray());
    }

    /// <summary>Of labels that codes tell nothing about, only chance is right; of codes that are their labels, all are.</summary>
    [Fact]
    public void Codes_without_information_are_right_by_chance()
    {
        var labels = Enumerable.Range(0, 2000).Select(i => i % 5).ToArray();
        var noise = StandardNormal.Sample(2000, 3, 1);
        var telling = tensor(labels.Select(label => (float)label).ToArray()).unsqueeze(1) + 0.1 * noise;

        Assert.InRange(NeighbourLabels.Accuracy(noise[..1500], labels[..1500], noise[1500..], labels[1500..]), 0.14, 0.26);
        Assert.True(NeighbourLabels.Accuracy(telling[..1500], labels[..1500], telling[1500..], labels[1500..]) > 0.99);
    }
}
