using Research.TextVae.Models;
using Research.TextVae.Text;
using Research.TextVae.Training;

namespace Research.TextVae.Tests.Training;

public sealed class PosteriorLagTests
{
    [Fact]
    public void Looks_more_often_in_the_first_epoch()
    {
        var sentences = new EncodedSentences([[4, 5], [5, 4], [4]], [.. Enumerable.Range(0, 3).Select(i => new Sentence($"{i}", "", ""))]);
        using var model = new LstmVaeConfig { EmbeddingSize = 4, HiddenSize = 4, LatentSize = 1 }.Build(6);
        var lag = new PosteriorLag(model, sentences, points: 5);

        lag.Take(0);
        foreach (var (epoch, batch) in from epoch in new[] { 1, 2 } from batch in Enumerable.Range(1, 20) select (epoch, batch))
            lag.Stepped(new TrainingProgress { Epoch = epoch, Batch = batch, Batches = 20 });

        Assert.Equal([0, 0.05, 0.1, 0.25, 0.5, 1, 2], lag.Snapshots.Select(snapshot => snapshot.Epochs));
        Assert.All(lag.Snapshots, snapshot => Assert.InRange(snapshot.Correlation, -1.0001, 1.0001));
        Assert.Equal(lag.Snapshots[0].ModelSpread, lag.Snapshots[^1].ModelSpread);
    }
}
